import type { Definition } from '../definition/definition.ts';
import { maskedAt } from '../definition/secrets.ts';
import { startsAt } from '../resources/described-resource.ts';
import { resources } from '../resources/index.ts';
import { textAt } from '../resources/json.ts';
import type { Kind } from '../resources/kinds.ts';
import type { Edit, JsonObject, Observed } from '../resources/resource.ts';
import type { Change } from './plan.ts';

/** A field that the definition leaves out and AEP has. */
export interface Besides {
  /** In the terms of the definition. */
  field: string;
  value: unknown;
}

/** Where a resource is not what is asked for. */
export interface Differs {
  /** In the terms of the definition. */
  changes: Change[];
  /** What can be changed in place, in the terms of what AEP has. */
  edits: Edit[];
  /** What cannot, in the terms of the definition. */
  fixed: Change[];
  /** What is not to count, in the terms of the definition. */
  masked: Change[];
  /** What AEP has that the definition leaves out, and that stays: it may be somebody else's. */
  besides: Besides[];
}

/** How to compare. */
export interface Comparing {
  /** Epoch milliseconds: what AEP lets one change of a schedule depends on whether it has begun. */
  now: number;
  /** Fields of the definition in which a difference does not count, each with all that is under it. */
  mask?: readonly string[];
  /** Whether the resource is the dataflow's own. Default: it is. */
  isOurs?: boolean;
}

/**
 * Compares what AEP has with what would be asked for in its place. A description that the definition does not give is no
 * difference, nor is a name or a description of a resource which is somebody else's.
 */
export function differencesOf(
  kind: Kind,
  definition: Definition,
  body: JsonObject,
  observed: Observed,
  { now, mask = [], isOurs = true }: Comparing,
): Differs {
  const { differences, besides, canChange, isMoot, asked, told = (_, value) => value } = resources[kind];
  const about = { body, observed, now };
  const differs: Differs = { changes: [], edits: [], fixed: [], masked: [], besides: [] };
  const isMasked = ({ field }: { field: string }) => mask.some((one) => startsAt(field, one));
  const stays = (besides?.(body, observed) ?? []).map(({ field, found }) => ({ field, value: found }));
  if (isOurs && observed.description && textAt(body, 'description') === undefined)
    stays.push({ field: 'description', value: observed.description });
  const shownAt = (field: string, value: unknown) => maskedAt(field, told(field, value, definition));
  for (const { field, value } of stays) {
    const besides = { field: asked(field, definition), value: shownAt(field, value) };
    if (!isMasked(besides)) differs.besides.push(besides);
  }
  for (const edit of isOurs ? textEdits(body, observed) : []) {
    const change = asChange(asked(edit.field, definition), edit.to, maskedAt(edit.field, edit.from));
    if (isMasked(change)) differs.masked.push(change);
    else {
      differs.edits.push(edit);
      differs.changes.push(change);
    }
  }
  for (const difference of differences(body, observed)) {
    if (isMoot?.(difference, about)) continue;
    const { field, wanted, found } = difference;
    const to = told(field, wanted, definition);
    const change = asChange(asked(field, definition), to, shownAt(field, found));
    if (isMasked(change)) {
      differs.masked.push(change);
      continue;
    }
    differs.changes.push(change);
    if (canChange?.(difference, about)) differs.edits.push({ field, from: found, to: wanted });
    else differs.fixed.push(change);
  }
  return differs;
}

function textEdits(body: JsonObject, observed: Observed): Edit[] {
  const name = textAt(body, 'name') ?? textAt(body, 'title');
  const description = textAt(body, 'description');
  return [
    { field: 'name', from: observed.name, to: name },
    { field: 'description', from: observed.description, to: description },
  ].filter(({ from, to }) => to !== undefined && to.trim() !== (from ?? '').trim());
}

/** Lists are told by the rows that are in one of them only. */
function asChange(field: string, to: unknown, from: unknown): Change {
  // Null, as what is undefined does not come through JSON.
  if (!Array.isArray(to) || !(from === undefined || Array.isArray(from)))
    return { field, from: from ?? null, to: to ?? null };
  const [asked, there] = [to, from ?? []].map((rows) => new Set(rows.map((row) => JSON.stringify(row))));
  const added = to.filter((row) => !there!.has(JSON.stringify(row)));
  const removed = (from ?? []).filter((row) => !asked!.has(JSON.stringify(row)));
  return { field, added, removed };
}
