import type { Problem, Warning } from '../definition/problems.ts';
import type { MappedRow } from '../explore/mapped-row.ts';
import type { Column } from '../families/columns.ts';
import type { Kind } from '../resources/kinds.ts';

/**
 * What becomes of one resource. `create`: made. `adopt`: found in place, and fits. `given`: named by the definition, used
 * as it is. `keep`: of the living flow, and fits. `update`: changed in place. `replace`: another takes its place, since
 * AEP cannot change it. `remove`: deleted. `conflict`: in the way, and a person's to decide about.
 */
export type Action = 'create' | 'adopt' | 'given' | 'keep' | 'update' | 'replace' | 'remove' | 'conflict';

/**
 * One field of the definition that is asked for in another way than AEP has it: values (null: there is none), or the rows of a
 * list.
 */
export type Change =
  | { field: string; from: unknown; to: unknown }
  | { field: string; added: unknown[]; removed: unknown[] };

export interface Step<AnyKind extends StepKind = StepKind> {
  kind: AnyKind;
  action: Action;
  /** AEP's id of what is there. Absent: nothing is. */
  id?: string;
  /** Why, in a sentence. */
  reason: string;
  changes: Change[];
  /** Differences in fields that are masked: they are told and do not count. Absent: there are none. */
  masked?: Change[];
  /** The kinds that must be there first. */
  needs: StepKind[];
}

/** What a step is about: a resource of the dataflow, or the base connection that it shares with others. */
export type StepKind = Kind | 'baseConnection';

/** What AEP leaves a person to choose between, since every way has a price. None is taken unless it is said. */
export interface Choice {
  name: keyof Choices;
  options: { value: string; consequence: string }[];
}

/** The choices that a person has made. */
export interface Choices {
  /** What the new flow loads, where the living one has to be replaced. */
  replaceFlow?: 'from-now' | 'backfill' | undefined;
  /** Make anew a flow that an earlier run made, or a part of the living one, that AEP does not show any more. */
  missingFlow?: 'recreate' | undefined;
}

/** What is watched otherwise from now on. */
export interface WatchChanges {
  changes: Change[];
  /** Differences that are masked. Absent: there are none. */
  masked?: Change[];
}

/** All that is to be done so that AEP has what a definition asks for. Plain JSON; carrying it out does nothing that is not in it. */
export interface Plan {
  version: 1;
  /** `<sandbox>/<name>` */
  dataflow: string;
  /** SHA-256, in hex, of the steps and of what they rest on. What moves when a run ends is not in it. */
  digest: string;
  /** In the order of the tutorials. */
  steps: Step[];
  /**
   * How its watcher is to be set by an update. Nothing of AEP's: it is in no step, not in the digest, and an empty plan may
   * have it. Absent: it stays as it is.
   */
  watch?: WatchChanges | undefined;
  /** While there is one, nothing is made. */
  problems: Problem[];
  warnings: Warning[];
  /** The columns that will be loaded, where the definition leaves them out and the source was asked for them. */
  columns?: Column[];
  /** What the first rows of the source would become, where that was asked for. In no digest. */
  rows?: MappedRow[];
  choices: Choice[];
  /** Such as "2 to create, 1 to change, 5 as they are". */
  summary: string;
}

const idle: ReadonlySet<Action> = new Set(['keep', 'adopt', 'given']);

/** Whether nothing is done for a step. */
export function isIdle(action: Action): boolean {
  return idle.has(action);
}

/** Whether AEP has all that is asked for already. */
export function isEmpty({ steps }: Pick<Plan, 'steps'>): boolean {
  // Over Temporal's HTTP, empty lists arrive as null.
  return ((steps as Step[] | null) ?? []).every(({ action }) => idle.has(action));
}

/** Whether the watcher of the flow is to be set otherwise. */
export function setsWatch({ watch }: Pick<Plan, 'watch'>): boolean {
  // Over Temporal's HTTP, empty lists arrive as null.
  return ((watch?.changes as Change[] | null | undefined) ?? []).length > 0;
}

const inSummary: [Action, string][] = [
  ['create', 'to create'],
  ['update', 'to change'],
  ['replace', 'to replace'],
  ['remove', 'to delete'],
  ['conflict', 'in conflict'],
];

/** How many resources come to what, by action, whether the watch is changed, and how many differences are masked and problems stand. What is none is left out. */
export type Counts = Partial<Record<Action | 'watch' | 'masked' | 'problems', number>>;

export function countsOf({ steps, watch, problems }: Pick<Plan, 'steps' | 'watch' | 'problems'>): Counts {
  const counts: Counts = {};
  for (const { action, masked = [] } of steps) {
    counts[action] = (counts[action] ?? 0) + 1;
    if (masked.length > 0) counts.masked = (counts.masked ?? 0) + masked.length;
  }
  if (setsWatch({ watch })) counts.watch = 1;
  if (watch?.masked) counts.masked = (counts.masked ?? 0) + watch.masked.length;
  return problems.length > 0 ? { ...counts, problems: problems.length } : counts;
}

/** A plan in one line. */
export function summaryOf({ steps, watch, problems }: Pick<Plan, 'steps' | 'watch' | 'problems'>): string {
  const count = (action: Action) => steps.filter((step) => step.action === action).length;
  const parts = inSummary.flatMap(([action, words]) =>
    count(action) > 0 ? `${count(action)} ${words}` : [],
  );
  const asTheyAre = steps.filter(({ action }) => idle.has(action)).length;
  if (setsWatch({ watch })) parts.push('the watch to change');
  if (parts.length === 0) parts.push('Nothing to change');
  if (asTheyAre > 0) parts.push(`${asTheyAre} as they are`);
  const masked = [...steps, watch].reduce((sum, one) => sum + (one?.masked?.length ?? 0), 0);
  if (masked > 0) parts.push(masked === 1 ? 'a difference masked' : `${masked} differences masked`);
  if (problems.length > 0) parts.push(problems.length === 1 ? 'a problem' : `${problems.length} problems`);
  return parts.join(', ');
}
