import { z } from 'zod';
import type { ListRequest } from '../../activities/index.ts';
import { existingConnection, type ExistingConnection } from '../../definition/connection.ts';
import {
  connectorNameOf,
  connectorNames,
  connectors,
  refusedConnectors,
  sourceOf,
  whyRefused,
  type ConnectorName,
} from '../../definition/connectors.ts';
import { didYouMean } from '../../definition/nearest.ts';
import type { Problem } from '../../definition/problems.ts';
import { line, sandboxName } from '../../definition/text.ts';
import { folderOf } from '../../explore/entries.ts';
import { fileQuery, mayBeOtherwiseDelimited } from '../../explore/file-facts.ts';
import type { Family, ObjectType } from '../../families/family.ts';
import { familyOf } from '../../families/index.ts';
import type { Found } from '../../explore/found.ts';
import { summarized } from '../calls.ts';
import { giveUpAfterMs, theConnection } from '../connection/the-connection.ts';
import { wrongInput } from '../inputs.ts';
import type { SourceInput } from '../messages.ts';

/** What says which source is meant, in the input of every workflow that looks into one. */
export const sourceInput = () => ({
  sandbox: sandboxName().describe('The name of the sandbox.'),
  connection: existingConnection().optional().describe("AEP's id of the base connection, or its name."),
  connector: z
    .enum(connectorNames)
    .optional()
    .describe('Instead of connection, for a connector that has none, such as data-landing-zone.'),
});

export const pathInput = () => line().describe('A table, or a file or folder, as the explore call names it.');

/** A source that can be looked into. */
export interface TheSource {
  /** As a definition names it. */
  named: { connector: ConnectorName } | { connectionSpec: { id: string } };
  /** As whoever asks names it. */
  connection?: ExistingConnection;
  /** Undefined for a connector that has no name here. */
  family?: Family;
  request: Pick<ListRequest, 'sandbox' | 'source' | 'giveUpAfterMs'>;
}

/**
 * Reads what the base connection is of.
 * @param cannot begins the message of a failure.
 * @throws InvalidDefinition where there is no such connection, or nothing in it could be loaded.
 */
export async function theSource(input: SourceInput, cannot: string): Promise<TheSource> {
  const { sandbox, connection, connector } = input;
  const refuse = (field: string, message: string) => wrongInput(cannot, [{ field, message }]);
  if ((connection === undefined) === (connector === undefined))
    throw refuse(
      'connection',
      'is required: the id of a base connection, {"name"} of one, or connector for one that has none',
    );
  if (connector !== undefined) {
    const { id, family, baseConnection, title } = connectors[connector];
    if (baseConnection)
      throw refuse(
        'connector',
        `must be left out: ${title} is explored by its base connection, given as connection`,
      );
    const request = { sandbox, source: { connectionSpecId: id }, giveUpAfterMs };
    return { named: { connector }, family, request };
  }
  const { id, connectionSpecId: specId } = await theConnection(sandbox, connection!, cannot);
  if (specId === undefined) throw refuse('connection', `${id} does not say what it is a base connection of`);
  const refused = Object.values(refusedConnectors).find(({ id }) => id === specId);
  if (refused) throw refuse('connection', `cannot be loaded from: ${whyRefused(refused)}`);
  const name = connectorNameOf(specId);
  return {
    named: sourceOf(specId),
    connection: connection!,
    ...(name === undefined ? {} : { family: connectors[name].family }),
    request: { sandbox, source: { connectionId: id }, giveUpAfterMs },
  };
}

/** What a path is of. Of a connector without a name here the path itself has to tell: a table's has no slash. */
export function objectAt({ family }: TheSource, path: string): ObjectType {
  return (family ?? familyOf(path.includes('/') ? 'delimited' : undefined)).objectAt(path);
}

/**
 * The columns of a table or a file.
 * @throws InvalidDefinition where the source has none of this path, with the nearest that it has.
 */
export async function describe(
  source: TheSource,
  path: string,
  { rows, cannot }: { rows: boolean; cannot: string },
): Promise<Found> {
  const reading = summarized(`Read the columns of ${path}`);
  const asked = { ...source.request, path, rows };
  const file = objectAt(source, path) === 'file' ? fileQuery(path) : undefined;
  const answer = await reading.describeSource({ ...asked, ...(file ? { file } : {}) });
  if (file && mayBeOtherwiseDelimited(file, 'refused' in answer ? undefined : answer.columns)) {
    const found = await summarized(`Find out how ${path} is written`).describeSource({ ...asked, file: {} });
    if (!('refused' in found)) return found;
  }
  if (!('refused' in answer)) return answer;
  throw wrongInput(cannot, [await notRead(source, path, answer.refused)]);
}

/** Why AEP did not answer about a path: one that is not there is told with the nearest that is. */
export async function notRead(source: TheSource, path: string, refused: string): Promise<Problem> {
  const folder = objectAt(source, path) === 'table' ? undefined : folderOf(path);
  const seeking = summarized(`Look for ${path}`);
  const where = folder === undefined ? {} : { folder };
  const sought = await seeking.seekInSource({ ...source.request, path, ...where });
  const cannotRead = `AEP cannot read ${path}: ${refused}`;
  if ('refused' in sought || sought.isThere) return { field: 'path', message: cannotRead };
  const { nearest } = sought;
  if (nearest === undefined)
    return {
      field: 'path',
      message: `${path} is not in the source: explore it without a path to see what is. ${cannotRead}`,
    };
  return {
    field: 'path',
    message: `${path} is not in the source${didYouMean(nearest)}`,
    suggestion: nearest,
  };
}
