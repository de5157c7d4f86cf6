import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { settingsOf, takeEnvironment } from '../../src/cli/connection.ts';
import { readEnvironmentOptions } from '../../src/cli/environment-file.ts';
import { createProgram } from '../../src/cli/program.ts';
import { timeout } from '../../src/cli/timeout.ts';
import { printedBy } from '../support/printed.ts';

const main = fileURLToPath(new URL('../../src/cli/main.ts', import.meta.url));
let home: string;

beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), 'aep-dataflows-cli-'));
  const folder = join(home, '.config', 'temporalio');
  await mkdir(folder, { recursive: true });
  await writeFile(
    join(folder, 'temporal.yaml'),
    'env:\n    cloud:\n        address: 127.0.0.1:1001\n        namespace: there\n    slow:\n        tls: maybe\n',
  );
  await writeFile(
    join(folder, 'temporal.toml'),
    '[profile.default]\naddress = "127.0.0.1:1002"\n[profile.other]\naddress = "127.0.0.1:1003"\n',
  );
  await writeFile(
    join(home, 'own.yaml'),
    'env:\n    default:\n        address: 127.0.0.1:1004\n    cloud:\n        address: 127.0.0.1:1005\n',
  );
});
afterAll(() => rm(home, { recursive: true, force: true }));

function run(program: string, args: string[], more: Record<string, string> = {}) {
  const cache = process.env['NODE_COMPILE_CACHE'];
  const env = { PATH: process.env['PATH'], HOME: home, ...(cache ? { NODE_COMPILE_CACHE: cache } : {}) };
  return printedBy(program, args, { env: { ...env, ...more } });
}
const aep = (args: string[]) => run(process.execPath, [main, ...args]);

/** Where the Temporal CLI looks for Temporal, of which there is none. */
async function dialled(args: string[], env: Record<string, string>): Promise<string | undefined> {
  const what = ['workflow', 'count', '--command-timeout', '2s', ...args];
  const { stderr } = await run(inject('temporalCli'), what, env);
  return /(?:127\.0\.0\.1|localhost):\d+/.exec(stderr)?.[0];
}

/** What our own command would connect to, with these flags. */
async function settings(args: string[], more: Record<string, string> = {}) {
  const program = createProgram().configureOutput({ writeErr: () => {} });
  program.parseOptions(['status', ...args]);
  const env = { HOME: home, ...more };
  await takeEnvironment(program, env);
  return settingsOf(program, env);
}

describe('Temporal is looked for where the Temporal CLI looks for it', () => {
  const variable = { TEMPORAL_ADDRESS: '127.0.0.1:1006' };
  it.each<[string, string[], Record<string, string>]>([
    ['by the configuration file', [], {}],
    ['by a profile of that', ['--profile', 'other'], {}],
    ['by a variable, before a profile', ['--profile', 'other'], variable],
    ['by an environment, before variables', ['--env', 'cloud'], variable],
    ['by an environment that a variable names', [], { TEMPORAL_ENV: 'cloud' }],
    ['by flags, before all else', ['--env', 'cloud', '--address', '127.0.0.1:1007'], variable],
    ['by the environment default, before variables', ['--env-file', 'own.yaml'], variable],
    ['with the configuration file left aside', ['--disable-config-file'], {}],
    ['with the variables left aside', ['--disable-config-env'], variable],
  ])('%s', async (_, flags, env) => {
    const here = flags.map((flag) => (flag === 'own.yaml' ? join(home, flag) : flag));
    const { connectionOptions } = await settings(here, env);
    expect(connectionOptions.address ?? 'localhost:7233').toBe(await dialled(here, env));
  });

  it('with the namespace, the headers and the encryption that were asked for', async () => {
    const flags = ['--env', 'cloud', '--grpc-meta', 'a-b=c=d', '--grpc-meta', 'e=f', '--tls'];
    expect(await settings(flags)).toMatchObject({
      namespace: 'there',
      connectionOptions: { metadata: { 'a-b': 'c=d', e: 'f' }, tls: {} },
    });
  });
});

it.each([
  [['--env', 'clout'], /temporal\.yaml has no environment clout/],
  [['--env', 'slow'], /--tls of the environment .* must be true or false/],
  [['--profile', 'none'], /Profile 'none' not found/],
  [['--tls-disable-host-verification'], /DISABLE_HOST_VERIFICATION cannot be obeyed/],
  [['--codec-endpoint', 'http://localhost:1'], /no payloads that a codec has encoded/],
  [['--grpc-meta', 'token'], /KEY=VALUE/],
  [['--command-timeout', '5'], /a duration such as 90s/],
])('what cannot be obeyed is refused: %s', async (flags, why) => {
  await expect(settings(flags)).rejects.toThrow(why);
});

it('a command ends when its time has come, also while it waits for a server that says nothing', async () => {
  const silent = createServer(() => {}).listen(0, '127.0.0.1');
  await new Promise((resolve) => silent.once('listening', resolve));
  const address = `127.0.0.1:${(silent.address() as AddressInfo).port}`;
  const answer = await aep(['status', '--address', address, '--command-timeout', '700ms']);
  silent.close();
  expect(answer.code).toBe(1);
  expect(answer.stderr).toMatch(
    new RegExp(`Not done within 0\\.7 s \\(--command-timeout\\)|does not answer at ${address}`),
  );
});

it('a command is over when it has ended, whatever the client of Temporal was about to send once more', async () => {
  const waiting = 'data:text/javascript,setTimeout(() => { throw new Error("too late"); }, 15000);';
  const answer = await run(process.execPath, ['--import', waiting, main, '--help']);
  expect(answer).toMatchObject({ code: 0, stderr: '' });
  expect(answer.stdout).toContain('Usage: temporal aep');
}, 14_000);

it('a duration is read as the Temporal CLI reads it', () => {
  const read = ['90s', '1h30m', '1.5s', '250ms', '1d', '0', '100d'].map(timeout);
  expect(read).toEqual([90_000, 5_400_000, 1_500, 250, 86_400_000, 0, 2 ** 31 - 1]);
  for (const wrong of ['', '5', 's', '5x', '5s 3m', '-1s']) expect(() => timeout(wrong), wrong).toThrow();
});

it('a file of environments that cannot be read is told, without what it holds', async () => {
  const file = join(home, 'broken.yaml');
  await writeFile(file, 'env:\n  cloud: {api-key: S3cret\n');
  await expect(readEnvironmentOptions({ file }, {})).rejects.toThrow(/^.*broken\.yaml is no YAML$/);
  await writeFile(file, 'env:\n  cloud: text\n');
  await expect(readEnvironmentOptions({ name: 'cloud', file }, {})).rejects.toThrow('must hold names');
  await writeFile(file, 'env: [1]\n');
  await expect(readEnvironmentOptions({ name: 'cloud', file }, {})).rejects.toThrow('no environment cloud');
  await expect(readEnvironmentOptions({ file: join(home, 'none.yaml') }, {})).resolves.toEqual({});
});
