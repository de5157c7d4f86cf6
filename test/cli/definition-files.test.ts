import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { filesOf, inEnvironment, readDefinition, UsageError } from '../../src/cli/definition-files.ts';

it('of a file that cannot be parsed it is said where, and nothing is announced that does not follow', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'definition-files-'));
  try {
    const broken = join(folder, 'broken.json');
    await writeFile(broken, '{"name": ');
    await expect(readDefinition(broken)).rejects.toThrow(
      /is neither JSON nor YAML: .* at line 1, column \d+$/,
    );
  } finally {
    await rm(folder, { recursive: true });
  }
});

it('what is planned of a folder is told with its file, and with all of them where it is given more than once', () => {
  const files = [
    { file: 'a.json', definition: { name: 'orders', sandbox: 'prod' } },
    { file: 'b.json', definition: { name: 'orders', sandbox: 'prod' } },
    { file: 'c.json', definition: { name: 'orders', sandbox: 'dev' } },
    { file: 'd.json', definition: { definition: { name: 'orders' }, environments: {} } },
    { file: 'e.json', definition: { name: 'customers', sandbox: 'prod' } },
  ];
  expect(filesOf({ sandbox: 'prod', name: 'orders' }, files)).toEqual(['a.json', 'b.json', 'd.json']);
});

it('an environment is chosen of a file that has some, and refused of one that has none', () => {
  const file = { definition: {}, environments: { dev: {} } };
  expect(inEnvironment(file, 'dev', 'orders.json')).toEqual({ ...file, environment: 'dev' });
  const choose = () => inEnvironment({ name: 'orders' }, 'dev', 'orders.json');
  expect(choose).toThrow(UsageError);
  expect(choose).toThrow(/^orders\.json has no environments: leave out --environment/);
  expect(inEnvironment([], 'dev', 'orders.json')).toEqual([]);
});
