import { cut } from '../cut.ts';
import { canonicalJson } from '../definition/canonical-json.ts';
import { flow as flowKind, withDefaults, type MappingPin } from '../resources/flow.ts';
import { objectAt } from '../resources/json.ts';
import type { Edit, JsonObject } from '../resources/resource.ts';
import { listOf, numberOf, objectOf, textOf, timeOf } from './raw.ts';

/**
 * What of a flow somebody may have changed, each by the field of a definition that asks for it: values as texts, so that what
 * AEP shows in another form than it was sent is the same. Neither what a run's end moves nor names and descriptions.
 */
export type Shape = Record<string, string>;

/** One field that is not as expected. Null: nothing is there. */
export interface DriftChange {
  field: string;
  from: string | null;
  to: string | null;
}

/** What others have changed about a flow. Times are epoch milliseconds. */
export interface Drift extends LastChange {
  /** When its watcher saw it first. */
  noticed: number;
  changes: DriftChange[];
}

/** How a flow is to be, as far as its watcher knows. */
export interface Expected {
  shape: Shape;
  /** What we are about to change it to, or have: as good as what it was until one of the two is seen. */
  pending?: Record<string, string[]>;
  /** It was not read yet: this is what it was made of, and what AEP shows besides is AEP's. */
  isUnread?: true;
}

/** What a workflow of ours tells a watcher of its flow. */
export interface Expectation {
  /** What it is about to change. */
  pending?: Shape;
  /** How the flow was when it had nothing left to be changed: all else is drift no more. */
  settled?: Shape;
  /** What it was about to change, and surely did not. */
  undone?: Shape;
  /** Whether another flow is taking its place. */
  replacing?: boolean;
}

/** Whether AEP carries out a change of it just now: until the end it shows what it was before, or half of what it will be. */
export function isBusy(state: string): boolean {
  return /ing$/i.test(state);
}

const longestValue = 200;
const mostFields = 30;
const mostPending = 5;

/** What of a flow counts for drift. `fields` as a plan compares them (see `resources/flow.ts`). */
export function shapeOf(fields: Record<string, unknown>): Shape {
  const { scheduleParams, options, transformations, mappingVersion, state, ...rest } = withDefaults(fields);
  const { Mapping, Copy, Encryption } = objectOf(transformations);
  const ids = (key: string) =>
    listOf(rest[key])
      .map((id) => textOf(id, longestValue))
      .join(', ');
  const isOnce = valueOf(objectOf(scheduleParams)['frequency']) === 'once';
  const shape: Shape = {};
  const put = (field: string, value: unknown) => {
    const text = valueOf(value);
    if (text !== '') shape[cut(field, longestValue)] = text;
  };
  put('source', ids('sourceConnectionIds'));
  put('target', ids('targetConnectionIds'));
  for (const [name, value] of Object.entries(objectOf(scheduleParams))) put(`schedule.${name}`, value);
  for (const [name, value] of Object.entries(objectOf(options))) put(`options.${name}`, value);
  const mappingId = textOf(objectOf(Mapping)['mappingId'], longestValue);
  if (mappingId) put('mapping', `${mappingId}, version ${valueOf(mappingVersion)}`);
  // An on-demand run adds one of its own.
  if (!isOnce) put('deltaColumn', objectOf(Copy)['deltaColumn']);
  for (const [name, value] of Object.entries(objectOf(Encryption))) put(`source.encryption.${name}`, value);
  const word = textOf(state, 40).toLowerCase();
  if (!isBusy(word)) put('state', word);
  return Object.fromEntries(Object.entries(shape).slice(0, mostFields));
}

/** The same of a flow as it will be once `edits` are carried out and it applies `mapping`. */
export function shapeAfter(
  fields: JsonObject,
  edits: readonly Edit[],
  mapping: MappingPin | undefined,
): Shape {
  const all = [...edits];
  if (mapping) {
    const { mappingId, mappingVersion } = mapping;
    all.push({ field: 'transformations.Mapping.mappingId', from: undefined, to: mappingId });
    all.push({ field: 'mappingVersion', from: undefined, to: mappingVersion });
  }
  return shapeOf(all.reduce((after, { field, to }) => withValue(after, field.split('.'), to), fields));
}

function withValue(object: JsonObject, [key = '', ...path]: string[], value: unknown): JsonObject {
  return { ...object, [key]: path.length > 0 ? withValue(objectAt(object, key), path, value) : value };
}

/** What of one shape is otherwise in another. */
export function changedIn(before: Shape, after: Shape): Shape {
  return Object.fromEntries(Object.entries(after).filter(([field, value]) => before[field] !== value));
}

/** The same of a flow as AEP answers it. */
export function shapeOfRaw(raw: Record<string, unknown>): Shape {
  return shapeOf(flowKind.observe(raw).fields);
}

/** The last change of a flow. */
export interface LastChange {
  /** Epoch milliseconds. */
  at?: number;
  /** As AEP names them; `unknown` where it does not say so for sure. */
  by: string;
}

/** When and by whom a flow was changed last. AEP counts the end of a run as a change too: then nobody knows whose the last was. */
export function lastChangeOf(raw: Record<string, unknown>): LastChange {
  const at = timeOf(objectOf(raw['lastOperation'])['updated']);
  const isLast = at !== undefined && at === timeOf(raw['updatedAt']);
  const by = isLast ? textOf(raw['updatedBy']) || textOf(raw['updatedClient']) : '';
  return { ...(at === undefined ? {} : { at }), by: by || 'unknown' };
}

/** A number and the text of it are the same, and so are objects whatever the order of their keys. */
function valueOf(value: unknown): string {
  if (value === undefined || value === null) return '';
  const number = numberOf(value);
  if (number !== undefined) return String(number);
  if (typeof value === 'string' || typeof value === 'boolean') return cut(String(value), longestValue);
  return cut(canonicalJson(value), longestValue);
}

/** Takes in how the flow is. Pure. */
export function compare(
  { shape: before, pending = {} }: Expected,
  observed: Shape,
): { expected: Expected; changes: DriftChange[] } {
  const shape = { ...before };
  const changes: DriftChange[] = [];
  for (const field of new Set([...Object.keys(shape), ...Object.keys(observed)])) {
    const [from, to] = [shape[field] ?? null, observed[field] ?? null];
    if (from === to) continue;
    // At the first look AEP was changing it.
    const isFirst = field === 'state' && from === null;
    if (to !== null && (isFirst || pending[field]?.includes(to))) shape[field] = to;
    else changes.push({ field, from, to });
  }
  return { expected: confirmed(shape, pending, observed), changes };
}

/** Takes in what a workflow of ours says of the flow. */
export function expect(
  { shape, pending = {}, isUnread }: Expected,
  { pending: more = {}, settled, undone = {} }: Expectation,
): Expected {
  const all = { ...pending };
  for (const [field, value] of Object.entries(more))
    all[field] = [...(all[field] ?? []).filter((one) => one !== value), value].slice(-mostPending);
  for (const [field, value] of Object.entries(undone))
    all[field] = (all[field] ?? []).filter((one) => one !== value);
  const expected = confirmed(settled ?? shape, all, settled ?? {});
  return isUnread && !settled ? { ...expected, isUnread } : expected;
}

/** What has come to be as we wanted it is not expected twice, nor what came before it: who sets it back changes it. */
function confirmed(shape: Shape, pending: NonNullable<Expected['pending']>, seen: Shape): Expected {
  const open = Object.entries(pending).flatMap(([field, values]) => {
    const left = values.slice(values.indexOf(seen[field] ?? '') + 1);
    return left.length > 0 ? [[field, left] as const] : [];
  });
  return { shape, ...(open.length > 0 ? { pending: Object.fromEntries(open) } : {}) };
}

/** What others have changed, where they have: `before` is what was known of that. Of a flow that AEP changes just now nothing is said. */
export function driftOf(
  changes: DriftChange[],
  changed: LastChange,
  before: Drift | undefined,
  now: number,
): Drift | undefined {
  if (changes.length === 0) return undefined;
  const known = new Set(before?.changes.map(keyOf));
  // Who did the one before did not do this one.
  const isNew = changes.some((change) => !known.has(keyOf(change)));
  return isNew || !before ? { noticed: now, changes, ...changed } : { ...before, changes };
}

/** What tells one change from another. */
export function keyOf({ field, to }: DriftChange): string {
  return `${field}=${to ?? ''}`;
}

/** Reads what was signalled to a watcher. Anybody may send a signal: what is no text is left out. */
export function readExpectation(raw: unknown): Expectation {
  const { pending, settled, undone, replacing } = objectOf(raw);
  const shape = (value: unknown): Shape =>
    Object.fromEntries(
      Object.entries(objectOf(value))
        .slice(0, mostFields)
        .flatMap(([field, text]) =>
          // What every object has, such as `constructor`, would be found where nothing was put.
          typeof text === 'string' && !(field in {})
            ? [[cut(field, longestValue), cut(text, longestValue)]]
            : [],
        ),
    );
  return {
    ...(pending ? { pending: shape(pending) } : {}),
    ...(settled ? { settled: shape(settled) } : {}),
    ...(undone ? { undone: shape(undone) } : {}),
    ...(typeof replacing === 'boolean' ? { replacing } : {}),
  };
}
