import { realpath } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { temporalCli } from '../../dev/binaries.ts';
import { commandsFolder } from '../../dev/commands-folder.ts';
import { findBinary } from '../../dev/find-binary.ts';

test('a stack that is started in the terminal of another leaves the Temporal CLI of that in place', async () => {
  const cli = await findBinary(temporalCli);
  const folder = await commandsFolder(cli);
  await commandsFolder(join(folder, 'temporal'));
  expect(await realpath(join(folder, 'temporal'))).toBe(await realpath(cli));
});
