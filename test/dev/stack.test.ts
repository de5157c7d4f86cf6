import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { freePort, opens } from '../../dev/ports.ts';
import { alive, descendants, startProgram } from '../support/program.ts';

const run = promisify(execFile);

test('npm run dev prints lines for a terminal that create a dataflow, as they stand, and Ctrl-C ends all', async () => {
  const [temporalPort, uiPort, emulatorPort] = [await freePort(), await freePort(), await freePort()];
  const ports = { '--temporal-port': temporalPort, '--ui-port': uiPort, '--emulator-port': emulatorPort };
  const stack = startProgram('dev/stack.ts', Object.entries(ports).flat().map(String));
  await stack.prints(/Ctrl-C/);
  expect(await Promise.all([temporalPort, uiPort, emulatorPort].map(opens))).toEqual([true, true, true]);
  expect(stack.stdout()).toMatch(/^ +TEMPORAL_ADDRESS=.* AEP_API_URL=.* npm run worker$/m);

  const lines = stack
    .stdout()
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => /^(export|temporal) /.test(line));
  const bash = (command: string[]) => {
    const before = lines.filter((line) => line.startsWith('export'));
    return run('bash', ['-c', [...before, ...command].join('\n')]);
  };
  const inTerminal = (wanted: RegExp) => bash(lines.filter((line) => wanted.test(line)));

  await inTerminal(/workflow start/);
  expect((await inTerminal(/workflow result/)).stdout).toMatch(/COMPLETED[^]*"flowId":/);
  expect((await inTerminal(/workflow query/)).stdout).toMatch(/"state":\s*"done"/);
  // Our own command finds everything in place.
  const again = await inTerminal(/aep (create|status)/);
  expect(again.stdout).toMatch(/^mapping set +\S+ +was there$/m);
  expect(again.stdout).toMatch(/^prod\/orders-from-bigquery\n/m);
  // The examples need not all be of the first sandbox.
  const planned = await bash([
    'temporal workflow execute --task-queue aep-dataflows --type planDataflow --workflow-id plan:dev --input-file examples/accounts-once.json',
  ]);
  expect(planned.stdout).toMatch(/6 to create/);
  expect(planned.stdout).toMatch(/"problems":(null|\[\])/);

  const processes = descendants(stack.pid);
  stack.kill('SIGINT');
  expect(await stack.ended).toBe(130);
  expect(alive(processes)).toEqual([]);
  expect(await opens(emulatorPort)).toBe(false);
});

test('npm run dev starts a worker that dies again, and ends with its words when that one dies at once', async () => {
  const stack = startProgram('dev/stack.ts');
  const [, first] = await stack.prints(/Worker +process (\d+)/);
  process.kill(Number(first), 'SIGKILL');
  const [, second] = await stack.prints(
    /The worker was ended by SIGKILL.*\s+The worker is process (\d+) now/,
  );
  process.kill(Number(second), 'SIGKILL');
  const processes = descendants(stack.pid);
  expect(await stack.ended).toBe(1);
  expect(stack.stderr()).toMatch(/The worker was ended by SIGKILL, right after it was started again\./);
  expect(alive(processes)).toEqual([]);
});

test.each([
  [['--temporal-port', 'seven'], /--temporal-port must be a port/],
  [['--emulator-port', '70000'], /--emulator-port must be a port/],
  [['--latency=-1'], /--latency must be a number, 0 or more/],
  [['--nonsense'], /Unknown option '--nonsense'[^]*--help/],
])('npm run dev with %j says what is wrong and starts nothing', async (args, problem) => {
  const stack = startProgram('dev/stack.ts', args);
  expect(await stack.ended).not.toBe(0);
  expect(stack.stderr()).toMatch(problem);
  expect(stack.stdout()).toBe('');
});
