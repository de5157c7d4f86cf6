import { titleOf } from '../src/resources/index.ts';
import {
  DataflowError,
  InvalidDefinitionError,
  type CreateDataflowResult,
  type Progress,
} from '../src/client.ts';
import type { Kind } from '../src/resources/kinds.ts';
import type { FirstRun } from './first-run.ts';

/** What `npm run demo -- --json` prints. */
export type DemoReport = Created | Failed;

interface Created extends Pick<
  CreateDataflowResult,
  'flowId' | 'resources' | 'watcherWorkflowId' | 'warnings'
> {
  /** Whether the dataflow was created, and its first run judged to be `ok`. */
  ok: boolean;
  workflowId: string;
  /** From the start of the workflow to its result, in milliseconds. */
  wallTimeMs: number;
  steps: Progress['steps'];
  firstRun: FirstRun;
  temporal: { address: string; uiUrl: string | undefined };
  emulatorUrl: string;
  /** The Temporal CLI's line that starts the same by hand. */
  startCommand: string;
}

interface Failed {
  ok: false;
  error: { type: string; message: string; details?: unknown };
}

/** What went wrong, for a person and for a program. */
export function failureReport(error: unknown): Failed {
  const message = error instanceof Error ? error.message : String(error);
  if (error instanceof InvalidDefinitionError)
    return {
      ok: false,
      error: { type: 'InvalidDefinition', message, details: { problems: error.problems } },
    };
  if (error instanceof DataflowError)
    return { ok: false, error: { type: error.type, message, details: error.details } };
  return { ok: false, error: { type: error instanceof Error ? error.name : 'Error', message } };
}

/** The report in lines for a person. */
export function summary(report: DemoReport): string[] {
  if ('error' in report) return ['', `${report.error.type}: ${report.error.message}`];
  const { firstRun: run } = report;
  const rows = [
    ...Object.entries(report.resources).map(([kind, id]) => [titleOf(kind as Kind), id]),
    ['watcher', report.watcherWorkflowId],
    ['first run', `${run.verdict} (${run.runId})`],
    ...(run.cause ? [['', `${run.cause.message} ${run.cause.next}`]] : []),
    ['wall time', `${report.wallTimeMs / 1000} s`],
    ['Temporal UI', report.temporal.uiUrl ?? 'none'],
    ...report.warnings.map(({ message }) => ['warning', message]),
  ];
  const width = Math.max(...rows.map(([title = '']) => title.length));
  return [
    '',
    `${report.workflowId}: created and watched.`,
    '',
    ...rows.map(([title = '', value = '']) => `  ${title.padEnd(width)}  ${value}`),
    '',
    'The same by hand, while a stack is up (--keep, or npm run dev):',
    '',
    `  ${report.startCommand}`,
    '',
  ];
}
