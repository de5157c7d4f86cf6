import { mkdir, rename, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { DefaultLogger } from '@temporalio/worker';
import { keptBundle } from '../src/worker/kept-bundle.ts';
import { workflowCode } from '../src/worker/workflow-code.ts';

/**
 * Writes the workflows into one file, as a worker's `workflowBundle.codePath` takes it.
 * @param workflowsPath what exports them, if not ours alone.
 */
export async function bundleWorkflows(
  file: string,
  workflowsPath = workflowCode.workflowsPath,
): Promise<void> {
  const { code } = await keptBundle({ ...workflowCode, workflowsPath, logger: new DefaultLogger('ERROR') });
  await mkdir(dirname(file), { recursive: true });
  // Whoever reads the file meanwhile sees the old one or the new one whole.
  await writeFile(`${file}.new`, code);
  await rename(`${file}.new`, file);
}
