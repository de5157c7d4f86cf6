import { ApplicationFailure } from '@temporalio/activity';
import { cutJson } from '../../cut.ts';
import type { FailureType } from '../../failure-types.ts';
import { differences, missing } from '../../resources/differences.ts';
import { pinnedMapping, pinning, withDefaults, type MappingPin } from '../../resources/flow.ts';
import { resources, titleOf } from '../../resources/index.ts';
import { isObject } from '../../definition/plain-json.ts';
import type { Kind } from '../../resources/kinds.ts';
import type { Mark } from '../../resources/mark.ts';
import { replacementBody } from '../../resources/mapping-set.ts';
import { marking } from '../../resources/operations.ts';
import type { Edit, JsonObject, Observed } from '../../resources/resource.ts';
import { carryOut } from '../carry-out.ts';
import type { Dependencies } from '../dependencies.ts';
import { etagOf, isBusy } from '../flow-actions.ts';
import { servicesOf } from '../services.ts';

export interface UpdateRequest {
  sandbox: string;
  id: string;
  /** What the plan changes. Of a mapping set nothing is needed here: its body says it. */
  edits: Edit[];
  /** Of a mapping set: the whole body. */
  body?: JsonObject;
  /** Of a flow: the version of the mapping set that it is to apply; and the planned one, where another is a reason to stop. */
  mapping?: MappingPin & { from?: MappingPin };
  /** Puts this mark on what carries none. What another dataflow has marked stays as it is: `Conflict`. */
  mark?: Mark;
  /** Milliseconds after which passing trouble ends it. Absent: never. */
  giveUpAfterMs?: number;
}

export interface Updated {
  /** Of a mapping set: the version that holds what was asked for. */
  version?: number;
}

/** Where a resource is no longer what a plan rests on: `details[0]` of a `StalePlan`. */
export interface Stale {
  kind: Kind;
  id: string;
  /** In the terms of `Observed`; `id` where the resource is not there any more. */
  field: string;
  planned: unknown;
  found: unknown;
}

/**
 * Changes one resource in place: all of its edits in one request, and nothing else of it.
 *
 * It reads first, for three promises need it: what is as it should be already is done, which settles a reply that was
 * lost; what is neither as planned nor as wanted is somebody else's work, and `StalePlan`; and AEP wants to be told the
 * version that is changed. Where somebody is quicker, AEP refuses, and it is read again: another field of theirs is no
 * reason to stop. Done is when AEP shows it: a flow is enabled, disabled or a draft by then.
 *
 * @throws ApplicationFailure `StalePlan`, with `Stale` in its details; `Rejected`, with AEP's refusal.
 */
export function updateOf(kind: Kind, dependencies: Dependencies) {
  if (kind === 'mappingSet') return replaceMappingSet(dependencies);
  const service = servicesOf(dependencies.aep)[kind];
  const { observe, operations } = resources[kind];
  return async ({ sandbox, id, edits, mapping, mark, giveUpAfterMs }: UpdateRequest): Promise<Updated> => {
    /** What is still to be done. @throws `StalePlan` */
    const open = (answer: JsonObject) => {
      const observed = observe(answer);
      const left = edits.filter(({ field, to }) => !isAt(kind, observed, field, to));
      for (const { field, from } of left)
        if (!isAt(kind, observed, field, from))
          throw stale({ kind, id, field, planned: from, found: valueAt(kind, observed, field) });
      const repins = mapping !== undefined && !isPinned(mapping, answer);
      if (repins && mapping.from && !isPinned(mapping.from, answer)) {
        const found = pinnedMapping(answer);
        throw stale({ kind, id, field: 'transformations.Mapping', planned: mapping.from, found });
      }
      return { left, repins, marks: mark !== undefined && lacks(mark, kind, observed) };
    };
    return carryOut<Updated>(
      {
        subject: `the ${titleOf(kind)} ${id}`,
        giveUpAfterMs,
        ...(service.changesSlowly ? { isBusy } : { settleMs: settleMs(dependencies) }),
        read: (call) => service.get(call, id),
        done(answer) {
          const { left, repins, marks } = open(answer);
          return left.length === 0 && !repins && !marks ? {} : undefined;
        },
        async send(call, answer) {
          const { left, repins, marks } = open(answer);
          const patch = [
            ...(operations?.(left, answer) ?? []),
            ...(repins ? pinning(mapping!, answer) : []),
            ...(marks ? [marking(mark!, answer)] : []),
          ];
          await service.patch?.(call, id, patch, service.changesSlowly ? etagOf(answer) : undefined);
          // AEP takes its time over connections and flows; the others answer when it is done.
          return service.changesSlowly ? undefined : {};
        },
        gone: () => stale({ kind, id, field: 'id', planned: id, found: null }),
      },
      sandbox,
      dependencies,
    );
  };
}

/**
 * Replaces a mapping set by its next version. Older ones stay as they are, and flows apply the version that they are
 * pinned to, so that nobody's work is lost by it and nothing of it can be stale. But each request counts the version up:
 * where a reply was lost, none is sent until the first cannot take effect any more.
 */
function replaceMappingSet(dependencies: Dependencies) {
  const { mappingSets } = dependencies.aep.dataPrep;
  const { observe, differences: differencesOf } = resources.mappingSet;
  return ({ sandbox, id, body = {}, giveUpAfterMs }: UpdateRequest): Promise<Updated> =>
    carryOut<Updated>(
      {
        subject: `the mapping set ${id}`,
        giveUpAfterMs,
        settleMs: settleMs(dependencies),
        read: (call) => mappingSets.getNewest(call, id),
        done: (answer) =>
          differencesOf(body, observe(answer)).length === 0
            ? { version: Number(answer['version'] ?? 0) }
            : undefined,
        async send(call, answer) {
          const { version } = await mappingSets.put(call, id, replacementBody(body, answer));
          return { version };
        },
        gone: () => stale({ kind: 'mappingSet', id, field: 'id', planned: id, found: null }),
      },
      sandbox,
      dependencies,
    );
}

/** @throws ApplicationFailure `Conflict` where another dataflow has marked it. */
function lacks(mark: Mark, kind: Kind, { id, mark: there }: Observed): boolean {
  if (!there) return true;
  if (there.dataflow === mark.dataflow) return false;
  throw ApplicationFailure.create({
    type: 'Conflict' satisfies FailureType,
    message: `The ${titleOf(kind)} ${id} belongs to ${there.dataflow}`,
    details: [{ reason: 'foreign', ids: [id], differences: [] }],
    nonRetryable: true,
  });
}

/** When a request whose reply was lost has taken effect, if it ever does. */
function settleMs({ httpTimeoutMs, lateCommitMs }: Dependencies): number {
  return httpTimeoutMs + lateCommitMs;
}

function isPinned({ mappingId, mappingVersion }: MappingPin, answer: JsonObject): boolean {
  const pinned = pinnedMapping(answer);
  return pinned?.mappingId === mappingId && pinned.mappingVersion === mappingVersion;
}

/** Whether a field is as an edit has it. A list is, when all of it is there: it may have grown since. */
function isAt(kind: Kind, observed: Observed, field: string, value: unknown): boolean {
  const found = valueAt(kind, observed, field);
  if (value === undefined || value === null) return found === undefined || found === null;
  if (Array.isArray(value) && Array.isArray(found)) return missing(value, found, field).length === 0;
  return differences(trimmed(value), trimmed(found)).length === 0;
}

function valueAt(kind: Kind, { name, description, fields }: Observed, field: string): unknown {
  if (field === 'name') return name;
  if (field === 'description') return description;
  const all: unknown = kind === 'flow' ? withDefaults(fields) : fields;
  return field
    .split('.')
    .reduce((value, key) => (isObject(value) && Object.hasOwn(value, key) ? value[key] : undefined), all);
}

/** Characters of a value in a message: its details have it whole. */
const longestValue = 200;

const trimmed = (value: unknown): unknown => (typeof value === 'string' ? value.trim() : value);

function stale(stale: Stale): ApplicationFailure {
  const { kind, id, field, planned, found } = stale;
  const told = (value: unknown) => cutJson(value, longestValue);
  const what =
    field === 'id'
      ? `The ${titleOf(kind)} ${id} is not there any more, or hidden by an access label`
      : `The ${field} of the ${titleOf(kind)} ${id} is ${told(found)}, where the plan has ${told(planned)}`;
  return ApplicationFailure.create({
    type: 'StalePlan' satisfies FailureType,
    message: `${what}: plan again`,
    details: [stale],
    nonRetryable: true,
  });
}
