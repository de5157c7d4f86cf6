import { appendFile, mkdir, mkdtemp, readdir, readFile, rm, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { DefaultLogger } from '@temporalio/worker';
import { afterAll, beforeEach, expect, test } from 'vitest';
import { keptBundle } from '../../src/worker/kept-bundle.ts';

const folders: string[] = [];
let folder: string;
let cache: string;
let made = 0;

beforeEach(async () => {
  // Where the SDK is found from.
  const caches = join(process.cwd(), 'node_modules/.cache');
  await mkdir(caches, { recursive: true });
  folder = await mkdtemp(join(caches, 'kept-bundle-test-'));
  folders.push(folder);
  cache = join(folder, 'cache');
  await writeFile(join(folder, 'workflows.js'), `export { greet } from './greet.js';`);
  await writeFile(join(folder, 'greet.js'), `export async function greet() { return 'good morning …'; }`);
  made = 0;
});

afterAll(() => Promise.all(folders.map((one) => rm(one, { recursive: true, force: true }))));

const bundle = async () => {
  const logger = new DefaultLogger('INFO', ({ message }) => {
    if (message === 'Workflow bundle created') made += 1;
  });
  const { code } = await keptBundle({ workflowsPath: join(folder, 'workflows.js'), logger }, cache);
  return code;
};

async function keptFile(): Promise<string> {
  const [file, ...others] = await readdir(cache);
  expect(others).toEqual([]);
  return join(cache, file!);
}

test('a bundle is made once while nothing changes, and anew when a file that it takes in does', async () => {
  const first = await bundle();
  expect(first).toContain(`'good morning \\u2026'`);
  expect(await bundle()).toBe(first);
  expect(made).toBe(1);

  await writeFile(join(folder, 'greet.js'), `export async function greet() { return 'good evening'; }`);
  const second = await bundle();
  expect(second).toContain('good evening');
  expect(second).not.toContain('good morning');
  expect(await bundle()).toBe(second);
  expect(made).toBe(2);

  await rm(join(folder, 'greet.js'));
  await expect(bundle()).rejects.toThrow('Webpack finished with errors');
});

test('a kept bundle that was damaged is made anew', async () => {
  const whole = await bundle();
  const damages = [
    (file: string) => truncate(file, 100),
    async (file: string) => truncate(file, (await readFile(file)).length - 1),
    (file: string) => appendFile(file, '//'),
  ];
  for (const damage of damages) {
    await damage(await keptFile());
    expect(await bundle()).toBe(whole);
  }
  expect(made).toBe(1 + damages.length);
  expect(await bundle()).toBe(whole);
  expect(made).toBe(1 + damages.length);
});

test('several that bundle at once each get the whole bundle, and leave one file', async () => {
  const all = await Promise.all([bundle(), bundle(), bundle()]);
  expect(new Set(all).size).toBe(1);
  await keptFile();
  expect(await bundle()).toBe(all[0]);
});

test('where no bundle can be kept, it is made all the same', async () => {
  await writeFile(cache, 'no folder');
  expect(await bundle()).toContain('good morning');
  expect(await readFile(cache, 'utf8')).toBe('no folder');
});
