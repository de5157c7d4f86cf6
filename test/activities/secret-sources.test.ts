import { execFileSync } from 'node:child_process';
import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createSecretSources, NoSecret } from '../../src/activities/connections/secret-sources.ts';

let root: string;
let directory: string;

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'secret-sources-'));
  directory = join(root, 'secrets');
  await mkdir(join(directory, '..data'), { recursive: true });
  await writeFile(join(root, 'outside'), 'of the machine');
  await writeFile(join(directory, '..data', 'shop'), ' pass word \r\n');
  await writeFile(join(directory, 'key'), '-----BEGIN-----\nabc\n-----END-----\n\n');
  await writeFile(join(directory, 'empty'), '\n');
  await writeFile(join(directory, 'large'), 'x'.repeat(65 * 1024));
  // Whoever reads it waits for somebody to write.
  execFileSync('mkfifo', [join(directory, 'pipe')]);
  // As Kubernetes mounts them.
  await symlink(join('..data', 'shop'), join(directory, 'shop'));
  await symlink(join(root, 'outside'), join(directory, 'escaped'));
});
afterAll(() => rm(root, { recursive: true }));

const env = {
  SHOP: 'of the shop',
  SHOP_2: 'of another',
  CRM_KEY: 'of the CRM',
  EMPTY: '',
  AEP_CLIENT_SECRET: 'own',
  temporal_api_key: 'own',
};
const variables = ['SHOP', 'NONE', 'EMPTY', 'CRM_*', 'AEP_*', 'temporal_api_key', 'constructor'];
const read = (scheme: 'env' | 'file', name: string) =>
  createSecretSources(env, { variables, directory })[scheme].read(name);

describe('the secrets of a worker', () => {
  test('are variables of its environment, as they are', async () => {
    expect(await read('env', 'SHOP')).toBe('of the shop');
    expect(await read('env', 'CRM_KEY')).toBe('of the CRM');
  });

  test('are files of one directory, without the line break at their end', async () => {
    expect(await read('file', join(directory, 'shop'))).toBe(' pass word ');
    expect(await read('file', join(directory, 'key'))).toBe('-----BEGIN-----\nabc\n-----END-----\n');
  });

  test.each<['env' | 'file', string, string]>([
    ['env', 'SHOP_2', 'name it in AEP_SECRET_VARIABLES of the worker'],
    ['env', 'NONE', 'has no variable NONE'],
    ['env', 'EMPTY', 'has no variable EMPTY'],
    // What every object has.
    ['env', 'constructor', 'has no variable constructor'],
    ['env', 'AEP_CLIENT_SECRET', "is the worker's own"],
    ['env', 'temporal_api_key', "is the worker's own"],
    ['file', 'none', 'has no file'],
    ['file', 'empty', 'is empty'],
    ['file', 'large', 'is larger than any secret'],
    ['file', '../outside', 'is not below'],
    ['file', 'escaped', 'is not below'],
    ['file', '.', 'is not below'],
    ['file', '..data', 'is no file'],
    ['file', 'pipe', 'is no file'],
  ])('are no %s %s', async (scheme, name, why) => {
    const place = scheme === 'env' ? name : `${directory}/${name}`;
    const error = await read(scheme, place).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(NoSecret);
    expect((error as Error).message).toContain(why);
    expect((error as Error).message).not.toMatch(/of the machine|own$/);
  });

  test('are not even looked for where their directory is not there', async () => {
    const sources = createSecretSources({}, { variables, directory: join(root, 'elsewhere') });
    await expect(sources.file.read(join(root, 'outside'))).rejects.toThrow('is not below');
  });
});
