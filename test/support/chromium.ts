import { access, constants } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { chromium } from 'playwright-core';

const commands = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'];

/** Said where there is none. */
export const howToGetChromium =
  'No Chromium found: the tests in a browser are skipped. Install one ("apt-get install chromium", or "npx playwright-core install --only-shell chromium"), or set CHROMIUM_PATH to its path.';

/**
 * Finds a Chromium: given path → PATH → playwright's own download. Undefined where there is none.
 * @throws where the given path is none: to take another one in silence would hide a mistake
 */
export async function findChromium(): Promise<string | undefined> {
  const given = process.env['CHROMIUM_PATH'];
  if (given) {
    if (await isExecutable(given)) return given;
    throw new Error(`CHROMIUM_PATH is ${given}, which is not there, or not executable`);
  }
  const folders = (process.env['PATH'] ?? '').split(delimiter).filter(Boolean);
  const onPath = folders.flatMap((folder) => commands.map((command) => join(folder, command)));
  for (const path of [...onPath, chromium.executablePath()]) if (await isExecutable(path)) return path;
  return undefined;
}

function isExecutable(path: string): Promise<boolean> {
  return access(path, constants.X_OK).then(
    () => true,
    () => false,
  );
}
