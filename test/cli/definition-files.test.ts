import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { readDefinition } from '../../src/cli/definition-files.ts';

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
