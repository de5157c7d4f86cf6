import { z } from 'zod';
import type { Definition } from './definition.ts';
import type { Source } from './source.ts';
import { partName, resourceId } from './text.ts';

const named = () =>
  z.strictObject({
    name: partName().describe("The base connection's name in AEP, which must be the only one of it."),
  });

/** The base connection of a source: an existing one by its id or its name. */
export const connection = () =>
  z
    .union([resourceId(), named()], {
      error: 'must be the id of a base connection, or {"name"} of one',
    })
    .describe(
      'The base connection: the id of an existing one, or {"name"} of one. Or give baseConnectionId.',
    );

/** The base connection that a source names, and the field in which it does. */
export type GivenConnection = { field: string } & (
  | { id: string; name?: never }
  | { id?: never; name: string }
);

/** Undefined where the source has none: some connectors have none. */
export function givenConnection({
  baseConnectionId,
  connection,
}: Pick<Source, 'baseConnectionId' | 'connection'>): GivenConnection | undefined {
  if (connection === undefined)
    return baseConnectionId === undefined
      ? undefined
      : { field: 'source.baseConnectionId', id: baseConnectionId };
  const field = 'source.connection';
  if (typeof connection === 'string') return { field, id: connection };
  return { field: `${field}.name`, name: connection.name };
}

/** The definition as it is once AEP's id of its base connection is known. */
export function withBaseConnection(definition: Definition, id: string): Definition {
  return { ...definition, source: { ...definition.source, baseConnectionId: id } };
}
