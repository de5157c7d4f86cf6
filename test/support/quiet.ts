import { DefaultLogger, Runtime } from '@temporalio/worker';

let isQuiet = false;

/** Keeps the SDK from logging what a test provokes. A process can say so once; every helper that starts something may ask. */
export function quiet(): void {
  if (!isQuiet) Runtime.install({ logger: new DefaultLogger('ERROR') });
  isQuiet = true;
}
