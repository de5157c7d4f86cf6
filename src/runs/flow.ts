import { cut } from '../cut.ts';
import { parseMark } from '../resources/mark.ts';
import { listOf, objectOf, textOf, timeOf } from './raw.ts';
import { readSchedule } from './schedule.ts';
import type { Schedule } from './schedule.ts';

/** A flow, cut down to what its watcher needs to know. It changes only when somebody changes the flow. */
export interface Flow {
  name: string;
  /** AEP's word: `enabled`, `disabled`, `draft` and others. */
  state: string;
  /** Epoch milliseconds. */
  created: number;
  schedule?: Schedule;
  /** The id of the source's connection spec. */
  connectionSpecId?: string;
  /** The dataflow whose mark it carries, as `<sandbox>/<name>`. */
  dataflow?: string;
}

/** Characters of a search attribute: what is longer, SQL stores of Temporal do not take. */
const longestKeyword = 255;

const pausedStates = ['disabled', 'disabling', 'draft'];

/** Whether AEP starts no runs of it. */
export function isPaused({ state }: Pick<Flow, 'state'>): boolean {
  return pausedStates.includes(state.toLowerCase());
}

/** Cuts a flow as AEP answers it down to what its watcher needs. */
export function readFlow(raw: Record<string, unknown>): Flow {
  const schedule = readSchedule(raw['scheduleParams']);
  const mark = parseMark(raw['description']);
  const connectionSpecId = connectionSpecOf(raw);
  return {
    name: textOf(raw['name']),
    state: textOf(raw['state'], 40),
    created: timeOf(raw['createdAt']) ?? 0,
    ...(schedule ? { schedule } : {}),
    ...(connectionSpecId ? { connectionSpecId } : {}),
    ...(mark ? { dataflow: cut(mark.dataflow, longestKeyword) } : {}),
  };
}

/** When AEP last did something for a flow, as far as the flow itself tells. Epoch milliseconds. */
export function lastActivity(raw: Record<string, unknown>): number {
  const last = objectOf(raw['lastRunDetails']);
  return timeOf(last['startedAtUTC']) ?? timeOf(raw['updatedAt']) ?? timeOf(raw['createdAt']) ?? 0;
}

function connectionSpecOf(raw: Record<string, unknown>): string {
  const [source] = listOf(objectOf(raw['inheritedAttributes'])['sourceConnections']);
  return textOf(objectOf(objectOf(source)['connectionSpec'])['id'], longestKeyword);
}
