import { cancellationSignal } from '@temporalio/activity';
import type { Aep } from '../../aep/aep.ts';
import { Rejected, Unavailable, UnknownSandbox } from '../../aep/errors.ts';
import type { Call } from '../../aep/http.ts';
import { cut } from '../../cut.ts';
import { nearest } from '../../definition/nearest.ts';
import type { RecalledFields } from '../../plan/mapping-problems.ts';
import type { RowRefused } from '../../plan/reads.ts';
import { textAt } from '../../resources/json.ts';
import type { JsonObject } from '../../resources/resource.ts';
import { readFields, type Field } from '../../xdm/fields.ts';
import { partKey, type Part, type PartAnswer } from '../../xdm/judge.ts';
import { typeAt } from '../../xdm/look-up.ts';
import { nearestPaths } from '../../xdm/nearest-path.ts';
import { failure } from '../aep-failures.ts';
import type { Dependencies } from '../dependencies.ts';
import { remembered } from '../remembered.ts';
import { beating } from '../attempt.ts';

export interface FieldsRequest {
  sandbox: string;
  /** `$id` of the class, field group or schema. */
  id: string;
  /** Destinations of a mapping. */
  paths: string[];
  /** Those of them for which the nearest real one is wanted: they seem to be nowhere. Also for the id, where it is none. */
  nearestTo?: string[];
  giveUpAfterMs?: number;
}

export type FindFieldsRequest = Omit<FieldsRequest, 'id' | 'nearestTo'> & { title: string };

export interface ValidateRequest {
  sandbox: string;
  /** Of a mapping set, as it would be created. */
  body: JsonObject;
  giveUpAfterMs?: number;
}

/** Classes and field groups change with Adobe's releases, or by a user's hand: what seems wrong by them is read anew. Milliseconds. */
const ageMs = 10 * 60_000;
/** Rows that are told, and characters of what AEP says of one. */
const mostRows = 100;
const longestWhy = 300;

/** What gives a schema its fields, read for a mapping: no schema goes into a history, only what it says of the destinations. */
export function createFieldReads({ aep }: Dependencies) {
  const fields = remembered<Field>(ageMs);
  const key = (sandbox: string, part: Pick<Part, 'kind' | 'id'>) => `${sandbox}/${partKey(part)}`;

  const readPart =
    (kind: Part['kind']) =>
    async ({ sandbox, id, paths, nearestTo, giveUpAfterMs }: FieldsRequest): Promise<PartAnswer> => {
      const { expanded, ids } = collectionOf(aep, kind);
      const call = { sandbox, signal: cancellationSignal() };
      try {
        return await beating(async () => {
          const found = await fields.read(key(sandbox, { kind, id }), async () => {
            const answer = await expanded(call, id);
            return answer && readFields(answer);
          });
          return partAnswer(found, { id, paths, nearestTo }, () => ids(call));
        });
      } catch (error) {
        throw failure(error, giveUpAfterMs);
      }
    };

  return {
    activities: {
      readClass: readPart('class'),
      readFieldGroup: readPart('fieldGroup'),
      readSchemaFields: readPart('schema'),

      /** The same of the schema of a title. */
      async findSchemaFields({
        sandbox,
        title,
        paths,
        giveUpAfterMs,
      }: FindFieldsRequest): Promise<PartAnswer> {
        const { findByTitle, expanded } = aep.schemaRegistry.schemas;
        const call = { sandbox, signal: cancellationSignal() };
        try {
          return await beating(async () => {
            const id = textAt((await findByTitle(call, title)) ?? {}, '$id');
            const answer = id === undefined ? undefined : await expanded(call, id);
            return answer ? { types: typesIn(readFields(answer), paths) } : {};
          });
        } catch (error) {
          throw failure(error, giveUpAfterMs);
        }
      },

      async validateMapping({ sandbox, body, giveUpAfterMs }: ValidateRequest): Promise<RowRefused[]> {
        const call = { sandbox, signal: cancellationSignal() };
        try {
          return await beating(() => rowsRefused(aep, call, body));
        } catch (error) {
          throw failure(error, giveUpAfterMs);
        }
      },
    },

    /** Of these parts, what is known without a call to AEP. */
    known(sandbox: string, parts: readonly Pick<Part, 'kind' | 'id'>[], paths: readonly string[]) {
      const found: RecalledFields = {};
      for (const part of parts) {
        const one = fields.known(key(sandbox, part));
        if (one) found[partKey(part)] = { types: typesIn(one, paths) };
      }
      return found;
    },
  };
}

/** What a part says of the destinations of a mapping. @param ids of all parts of its kind. */
export async function partAnswer(
  found: Field | undefined,
  { id, paths, nearestTo }: Pick<FieldsRequest, 'id' | 'paths'> & { nearestTo?: string[] | undefined },
  ids: () => Promise<string[]>,
): Promise<PartAnswer> {
  if (found)
    return {
      types: typesIn(found, paths),
      ...(nearestTo ? { nearest: nearestPaths(found, nearestTo) } : {}),
    };
  const nearestId = nearestTo && nearestById(id, await ids());
  return nearestId === undefined ? {} : { nearestId };
}

/**
 * Lets Data Prep validate a mapping, which creates nothing. That it refuses the request as a whole, or answers
 * otherwise than its one sample, is no word on any row: no page shows it with the older of the two bodies.
 */
export async function rowsRefused(aep: Aep, call: Call, body: JsonObject): Promise<RowRefused[]> {
  try {
    const rows = await aep.dataPrep.mappingSets.validate(call, body);
    return rows
      .flatMap((errors, index) =>
        errors.length === 0 ? [] : { index, why: cut(errors.join(' '), longestWhy) },
      )
      .slice(0, mostRows);
  } catch (error) {
    if (error instanceof Rejected && !(error instanceof UnknownSandbox)) return [];
    if (error instanceof Unavailable && error.code === 'UNREADABLE') return [];
    throw error;
  }
}

export function collectionOf({ schemaRegistry }: Aep, kind: Part['kind']) {
  const { classes, fieldGroups, schemas } = schemaRegistry;
  return { class: classes, fieldGroup: fieldGroups, schema: schemas }[kind];
}

function typesIn(root: Field, paths: readonly string[]): (string | null)[] {
  return paths.map((path) => typeAt(root, path));
}

/** By the last part: all of them begin alike. */
function nearestById(id: string, known: readonly string[]): string | undefined {
  const byName = new Map(known.map((one) => [lastPart(one), one]));
  const near = nearest(lastPart(id), [...byName.keys()]);
  return near === undefined ? undefined : byName.get(near);
}

function lastPart(id: string): string {
  return id.slice(id.lastIndexOf('/') + 1);
}
