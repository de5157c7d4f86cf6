import { inspect } from 'node:util';
import { DefaultLogger, makeTelemetryFilterString, Runtime, type LogEntry } from '@temporalio/worker';
import { leaksInLog, showsCanary } from './canary.ts';

let isQuiet = false;
const printed = new DefaultLogger('ERROR');

/** Keeps the SDK from logging what a test provokes. A process can say so once; every helper that starts something may ask. */
export function quiet(): void {
  // The core prints by itself what it is to log.
  const telemetryOptions = { logging: { filter: makeTelemetryFilterString({ core: 'ERROR' }) } };
  if (!isQuiet) Runtime.install({ logger: new DefaultLogger('WARN', take), telemetryOptions });
  isQuiet = true;
}

function take({ level, message, meta }: LogEntry): void {
  printed.log(level, message, meta);
  noteLeak(level, message, meta);
}

/** Fails the file at its end where a line shows a secret. */
export function noteLeak(level: string, message: string, meta?: object): void {
  if (showsCanary(`${message} ${inspect(meta, { depth: 8, maxStringLength: null })}`))
    leaksInLog.push(`${level} ${message}`);
}
