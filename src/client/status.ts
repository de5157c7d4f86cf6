import type { Client, WorkflowHandle } from '@temporalio/client';
import type { TypedSearchAttributes } from '@temporalio/common';
import type { Health } from '../runs/health.ts';
import type { Outcome } from '../resources/outcome.ts';
import { watcherType } from '../runs/names.ts';
import type { NotedHealth } from '../runs/noted-health.ts';
import { searchAttributes } from '../search-attribute-keys.ts';

/** A dataflow that is watched, was watched, or is being made, as Temporal's lists have it: a moment later than its workflows know. */
export interface DataflowStatus {
  /** `<sandbox>/<name>` */
  dataflow: string;
  /** Absent where none is watched yet. */
  flowId?: string;
  /** The flow's verdict, as in its health. Absent where nobody watches it. */
  verdict?: string;
  /** Whether others have changed the flow. */
  drift: boolean;
  connector?: string;
  /** What its watcher noted of it when its verdict changed, or, while that stays, some hours ago at most. */
  noted?: NotedHealth;
  /** What is being done to it just now. */
  doing?: UnderWay;
  /** Nobody watches its flow any more, and its watcher did not end by itself. */
  unwatched?: Unwatched;
}

/** How the watch of a flow ended that was neither stopped nor over. */
export interface Unwatched {
  /** The status that Temporal has of its watcher: `TERMINATED`, `FAILED`, `CANCELLED` or `TIMED_OUT`. */
  status: string;
  /** ISO 8601, in UTC. */
  at: string;
  /** Who terminated it, as Temporal knows them. Told of one dataflow, not in lists. */
  by?: string;
  /** What they said to that, or what it failed with. */
  reason?: string;
}

/** What is noted of how it is now: a note of another verdict is of before. */
export function notedNow(
  one: Pick<DataflowStatus, 'verdict' | 'noted'> | undefined,
): NotedHealth | undefined {
  return one?.noted?.verdict === one?.verdict ? one?.noted : undefined;
}

/** What is being done to a dataflow just now. */
export interface UnderWay {
  /** The type of what runs under its id, such as `updateDataflow`. */
  doing: string;
  /** Whom it waits for. Absent: for nobody. */
  waitsFor?: 'person' | 'aep';
  /** When it began. ISO 8601, in UTC. */
  since: string;
}

/** How one dataflow does. */
export interface DataflowHealth {
  /** `<sandbox>/<name>` */
  dataflow: string;
  /** The type of what runs under its id just now, such as `updateDataflow`. */
  doing?: string;
  /** Whom that waits for. Absent: for nobody. */
  waitsFor?: UnderWay['waitsFor'];
  /** How its flow is. Absent where nobody watches one. */
  health?: Health;
  /** Where nobody watches one: how its flow was when the last watch ended, as long as Temporal keeps that. */
  last?: Health;
  /** Set where that watch was ended from outside. */
  unwatched?: Unwatched;
}

/** Which dataflows are listed. */
export interface WhichDataflows {
  sandbox?: string;
  verdict?: string;
  /** `<sandbox>/<name>` */
  dataflow?: string;
}

/** Waits until the next list may be asked for: Temporal allows some a second. */
export type Pace = () => Promise<void>;

/** The most that Temporal puts into one answer. */
const pageSize = 1_000;

/** From what needs a person most to what does well. */
export const worstFirst = ['failed', 'unreadable', 'stuck', 'overdue', 'degraded', 'paused', 'pending', 'ok'];

/**
 * All dataflows, the worst first: those that are watched, those that are being made or changed, and those that nobody watches
 * any more. From Temporal's lists of workflows alone, each asked for once.
 */
export async function listDataflows(
  client: Client,
  which: WhichDataflows,
  pace?: Pace,
  whichStay: StillThere = stillThere,
): Promise<DataflowStatus[]> {
  const { verdict, ...others } = which;
  const [watched, underWay, cutOff] = await Promise.all([
    listWatched(client, which, pace),
    listUnderWay(client, others, pace),
    verdict === undefined ? listCutOff(client, others, pace) : [],
  ]);
  const isWatched = new Set(watched.map(({ dataflow }) => dataflow));
  const unwatched = cutOff.filter(({ dataflow }) => !isWatched.has(dataflow));
  const known: DataflowStatus[] = [...watched, ...(await whichStay(client, unwatched, pace))];
  const isKnown = new Set(known.map(({ dataflow }) => dataflow));
  const doing = new Map(underWay.map((one) => [one.dataflow, one.doing]));
  const found = known.map((one) => {
    const now = doing.get(one.dataflow);
    return now ? { ...one, doing: now } : one;
  });
  if (verdict === undefined) found.push(...underWay.filter(({ dataflow }) => !isKnown.has(dataflow)));
  return found.toSorted((a, b) => rank(a) - rank(b) || (a.dataflow < b.dataflow ? -1 : 1));
}

/** What waits for a person, or is watched by nobody, comes after what fails: nothing goes on by itself there either. */
function rank({ verdict, doing, unwatched }: DataflowStatus): number {
  const byVerdict = worstFirst.indexOf(verdict ?? 'pending');
  return doing?.waitsFor === 'person' || unwatched ? Math.min(byVerdict, 0.5) : byVerdict;
}

/** The dataflows whose flows are watched, in no order. */
export async function listWatched(
  client: Client,
  which: WhichDataflows,
  pace?: Pace,
): Promise<(DataflowStatus & { flowId: string })[]> {
  const query = queryOf(`WorkflowType = ${quoted(watcherType)} AND ExecutionStatus = "Running"`, which);
  const found: (DataflowStatus & { flowId: string })[] = [];
  for await (const { typedSearchAttributes, memo } of listed(client, query, pace)) {
    const named = namedIn(typedSearchAttributes);
    // A flow that is watched and is no dataflow of ours has no name here.
    if (named?.flowId === undefined) continue;
    const { flowId } = named;
    const verdict = typedSearchAttributes.get(searchAttributes.verdict);
    found.push({
      ...named,
      flowId,
      ...(verdict === undefined ? {} : { verdict }),
      drift: typedSearchAttributes.get(searchAttributes.drift) === 'yes',
      ...(memo?.['health'] ? { noted: memo['health'] as NotedHealth } : {}),
    });
  }
  return found;
}

const cutOffStates: ReadonlySet<string> = new Set(['TERMINATED', 'FAILED', 'CANCELLED', 'TIMED_OUT']);

type CutOff = DataflowStatus & { unwatched: Unwatched };

/** The dataflows whose watcher was ended from outside, by when that was: one for each. */
async function listCutOff(client: Client, which: WhichDataflows, pace?: Pace): Promise<CutOff[]> {
  const ends = ['Terminated', 'Failed', 'Canceled', 'TimedOut'].map(quoted).join(', ');
  const query = queryOf(`WorkflowType = ${quoted(watcherType)} AND ExecutionStatus IN (${ends})`, which);
  const found = new Map<string, CutOff>();
  for await (const { typedSearchAttributes, status, closeTime } of listed(client, query, pace)) {
    const named = namedIn(typedSearchAttributes);
    if (!named || !closeTime) continue;
    const at = closeTime.toISOString();
    const known = found.get(named.dataflow);
    if ((known?.unwatched.at ?? '') < at)
      found.set(named.dataflow, { ...named, drift: false, unwatched: { status: status.name, at } });
  }
  return [...found.values()];
}

const namesInOneQuery = 50;

/** Those that were neither deleted since, nor watched to an end by another watcher. */
async function stillThere(client: Client, cutOff: readonly CutOff[], pace?: Pace): Promise<CutOff[]> {
  const later = new Set<string>();
  const known = new Map(cutOff.map((one) => [one.dataflow, one]));
  const names = [...known.keys()];
  for (let first = 0; first < names.length; first += namesInOneQuery) {
    const some = names.slice(first, first + namesInOneQuery).map(quoted);
    const types = [watcherType, 'deleteDataflow'].map(quoted).join(', ');
    const named = `${searchAttributes.dataflow.name} IN (${some.join(', ')})`;
    const query = `WorkflowType IN (${types}) AND ExecutionStatus = "Completed" AND ${named}`;
    for await (const { typedSearchAttributes, closeTime, memo } of listed(client, query, pace)) {
      const one = known.get(typedSearchAttributes.get(searchAttributes.dataflow) ?? '');
      if (!one || !closeTime || closeTime.toISOString() <= one.unwatched.at) continue;
      if (!keepsFlow(memo, one)) later.add(one.dataflow);
    }
  }
  return cutOff.filter(({ dataflow }) => !later.has(dataflow));
}

/** Whether what has ended with this memo was a delete of some things of a dataflow, and its flow was none of them. */
function keepsFlow(memo: Record<string, unknown> | undefined, { flowId }: CutOff): boolean {
  const outcome = memo?.['outcome'] as Outcome | undefined;
  return memo?.['isPartial'] === true && !outcome?.deletedFlows?.some((id) => id === flowId);
}

/** Finds out which of the dataflows whose watcher was ended from outside are still there. */
export type StillThere = typeof stillThere;

/** For how long it is believed of one that it is still there. Milliseconds. */
const believedMs = 5 * 60_000;

/**
 * The same for one who lists all dataflows again and again: Temporal keeps such watchers for as long as all that has ended, and they can
 * be thousands.
 */
export function rememberingStillThere(): StillThere {
  /** By dataflow and end; `until` when that is believed. Epoch milliseconds. */
  const known = new Map<string, { isThere: boolean; until: number }>();
  const keyOf = ({ dataflow, unwatched }: CutOff) => `${dataflow} ${unwatched.at}`;
  return async (client, cutOff, pace) => {
    const now = Date.now();
    const unknown = cutOff.filter((one) => !((known.get(keyOf(one))?.until ?? 0) > now));
    const there = new Set(await stillThere(client, unknown, pace));
    for (const one of unknown) {
      const isThere = there.has(one);
      // What is gone stays gone.
      known.set(keyOf(one), { isThere, until: isThere ? now + believedMs : Infinity });
    }
    return cutOff.filter((one) => known.get(keyOf(one))?.isThere);
  };
}

const doings = ['createDataflow', 'updateDataflow', 'deleteDataflow', 'importDataflow'];
const waitsFor: Record<string, UnderWay['waitsFor']> = {
  'waiting-for-person': 'person',
  'waiting-for-aep': 'aep',
};

/** What is being done to dataflows just now. */
async function listUnderWay(
  client: Client,
  which: WhichDataflows,
  pace?: Pace,
): Promise<(DataflowStatus & { doing: UnderWay })[]> {
  const types = doings.map(quoted).join(', ');
  const query = queryOf(`WorkflowType IN (${types}) AND ExecutionStatus = "Running"`, which);
  const found: (DataflowStatus & { doing: UnderWay })[] = [];
  for await (const { type, startTime, typedSearchAttributes } of listed(client, query, pace)) {
    const named = namedIn(typedSearchAttributes);
    // Until its first task, only its id says which it is.
    if (!named) continue;
    const doing = { doing: type, ...waitsForIn(typedSearchAttributes), since: startTime.toISOString() };
    found.push({ ...named, drift: false, doing });
  }
  return found;
}

/** Whom what runs under a dataflow's id waits for. */
export function waitsForIn(attributes: TypedSearchAttributes): Pick<UnderWay, 'waitsFor'> {
  const waits = waitsFor[attributes.get(searchAttributes.state) ?? ''];
  return waits ? { waitsFor: waits } : {};
}

function namedIn(
  attributes: TypedSearchAttributes,
): Pick<DataflowStatus, 'dataflow' | 'flowId' | 'connector'> | undefined {
  const dataflow = attributes.get(searchAttributes.dataflow);
  if (dataflow === undefined) return undefined;
  const flowId = attributes.get(searchAttributes.flowId);
  const connector = attributes.get(searchAttributes.connector);
  return {
    dataflow,
    ...(flowId === undefined ? {} : { flowId }),
    ...(connector === undefined ? {} : { connector }),
  };
}

function queryOf(what: string, { sandbox, verdict, dataflow }: WhichDataflows): string {
  const asked = Object.entries({
    [searchAttributes.sandbox.name]: sandbox,
    [searchAttributes.verdict.name]: verdict,
    [searchAttributes.dataflow.name]: dataflow,
  });
  const more = asked.flatMap(([name, value]) => (value === undefined ? [] : [`${name} = ${quoted(value)}`]));
  return [what, ...more].join(' AND ');
}

/** The newest watcher of a dataflow, which has ended, and how it was ended from outside, if it was. */
export async function lastWatcher(
  client: Client,
  dataflow: string,
): Promise<{ watcher: WorkflowHandle; unwatched?: Unwatched } | undefined> {
  const query = queryOf(`WorkflowType = ${quoted(watcherType)}`, { dataflow });
  for await (const { workflowId, runId, status, closeTime, typedSearchAttributes } of client.workflow.list({
    query,
    pageSize: 1,
  })) {
    const watcher = client.workflow.getHandle(workflowId, runId);
    if (!closeTime || !cutOffStates.has(status.name)) return { watcher };
    const unwatched = { status: status.name, at: closeTime.toISOString() };
    const cutOff = { dataflow, ...namedIn(typedSearchAttributes), drift: false, unwatched };
    if ((await stillThere(client, [cutOff])).length === 0) return { watcher };
    // Only the name would be missing.
    const why = await whyEnded(client, { workflowId, runId }).catch(() => ({}));
    return { watcher, unwatched: { ...unwatched, ...why } };
  }
  return undefined;
}

/** Who terminated a watcher and why, or what it failed with. */
async function whyEnded(
  client: Client,
  execution: { workflowId: string; runId: string },
): Promise<Pick<Unwatched, 'by' | 'reason'>> {
  const { history } = await client.workflowService.getWorkflowExecutionHistoryReverse({
    namespace: client.options.namespace,
    execution,
    maximumPageSize: 1,
  });
  const last = history?.events?.[0];
  const { identity, reason } = last?.workflowExecutionTerminatedEventAttributes ?? {};
  const failure = last?.workflowExecutionFailedEventAttributes?.failure;
  const why = reason || failure?.cause?.message || failure?.message;
  return { ...(identity ? { by: identity } : {}), ...(why ? { reason: why } : {}) };
}

async function* listed(client: Client, query: string, pace: Pace | undefined) {
  let sinceAsked = pageSize;
  const executions = client.workflow.list({ query, pageSize })[Symbol.asyncIterator]();
  for (;;) {
    // The next page is asked for with the first item that is not there.
    if (sinceAsked === pageSize) {
      await pace?.();
      sinceAsked = 0;
    }
    const next = await executions.next();
    if (next.done) return;
    sinceAsked += 1;
    yield next.value;
  }
}

/** The first of the dataflows whose flows are watched and whose names, `<sandbox>/<name>`, begin so. */
export async function dataflowNames(client: Client, prefix: string, most: number): Promise<string[]> {
  const begins = `${searchAttributes.dataflow.name} STARTS_WITH ${quoted(prefix)}`;
  const all = `WorkflowType = "${watcherType}" AND ExecutionStatus = "Running"`;
  const query = prefix === '' ? all : `${all} AND ${begins}`;
  const names = new Set<string>();
  for await (const { typedSearchAttributes } of client.workflow.list({ query, pageSize: most })) {
    const name = typedSearchAttributes.get(searchAttributes.dataflow);
    if (name !== undefined) names.add(name);
    if (names.size >= most) break;
  }
  return [...names].toSorted();
}

function quoted(value: string): string {
  return `"${value.replaceAll('\\', '\\\\').replaceAll('"', '\\"')}"`;
}
