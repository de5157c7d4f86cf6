import { spawnSync } from 'node:child_process';
import { chmod, cp, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { startReader, type Reader } from '../support/reader.ts';
import { startRig, type Rig } from '../support/rig.ts';

/** What one start of the command has compiled is there for the next. */
const { NODE_COMPILE_CACHE = '' } = process.env;
const hasTools = ['jq', 'curl'].every((tool) => spawnSync(tool, ['--version']).status === 0);

let rig: Rig;
let reader: Reader;
beforeAll(async () => {
  rig = await startRig();
  await rig.startWorker();
  reader = await startReader(rig, 'docs/get-started.md');
  const main = fileURLToPath(new URL('../../src/cli/main.ts', import.meta.url));
  const extension = join(reader.folder, 'temporal-aep');
  await writeFile(extension, `#!/bin/sh\nexec "${process.execPath}" "${main}" "$@"\n`);
  await chmod(extension, 0o755);
  await cp('examples', join(reader.folder, 'examples'), { recursive: true });
});
afterAll(async () => {
  await rig.close();
  await reader.close();
});

it.skipIf(!hasTools)(
  'a newcomer who follows the page makes a dataflow, changes it, breaks it, and has one flow in the end',
  // The command is started a dozen times.
  { timeout: 240_000 },
  async () => {
    const edit = async (from: string, to: string) => {
      const file = join(reader.folder, 'orders.json');
      const text = await readFile(file, 'utf8');
      expect(text).toContain(from);
      await writeFile(file, text.replace(from, to));
    };
    const env = { AEP: rig.emulator.url, NODE_COMPILE_CACHE };
    /** What each line of a block prints, and its exit status. */
    const follow = async (section: string) => {
      const [block] = reader.blocks(section, 'sh');
      const line = String.raw`trap 'echo "[exit $?] $BASH_COMMAND"' DEBUG`;
      const { stdout, stderr } = await reader.bash(`set +e\n${line}\n${block!}`, env);
      expect(stderr).not.toContain('command not found');
      return stdout;
    };

    const first = await follow('Your first dataflow');
    expect(first).toContain('6 to create.');
    expect(first).toMatch(/prod\/orders-from-bigquery\npending: flow/);

    await edit('"interval": 15', '"interval": 30');
    const changed = await follow('Change it');
    expect(changed).toContain('schedule.interval: 15 → 30\n\n1 to change, 5 as they are.');

    await edit('person.name.fullName', 'person.name.fulName');
    const { code, stdout } = await reader.bash('temporal aep plan orders.json', env);
    expect(code).toBe(3);
    const [told] = /^ {2}mapping\[1\].*$/m.exec(await readFile('docs/get-started.md', 'utf8'))!;
    expect(stdout).toContain(told);
    await edit('person.name.fulName', 'person.name.fullName');

    const [run, connection] = reader.blocks('Break it', 'sh');
    const broken = await reader.bash(`set +e\n${run!}`, env);
    expect(broken.stdout).toMatch(/^failed since [^]* why: [^]* next: [^]*AEP runs it again: /m);
    const again = await reader.bash(connection!, env);
    expect(again).toMatchObject({ code: 0 });
    expect(again.stdout).toMatch(/\n1\n$/);
    expect(rig.emulator.control.faults()).toMatchObject([{ used: 1 }]);
  },
);
