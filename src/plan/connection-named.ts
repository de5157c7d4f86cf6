import { tellSome } from '../cut.ts';
import { tellSpec } from '../definition/connectors.ts';
import { didYouMean, nearest } from '../definition/nearest.ts';
import type { ConnectionNamed, ConnectionsFound } from './reads.ts';

/** Why a name does not say which base connection is meant: none has it, or several have. */
export function notTheOnlyOne(
  {
    sandbox,
    name,
    connectionSpecId,
  }: Omit<ConnectionNamed, 'connectionSpecId'> & { connectionSpecId?: string },
  { found, names }: ConnectionsFound,
): string {
  if (found.length > 1) {
    const ids = tellSome(found.map(({ id }) => id));
    return `${found.length} base connections in the sandbox ${sandbox} are called "${name}": give the id of one instead, of ${ids}`;
  }
  const none = `no base connection in the sandbox ${sandbox} is called "${name}"`;
  const spec = connectionSpecId === undefined ? undefined : tellSpec(connectionSpecId);
  if (names.length === 0)
    return `${none}, and there is ${spec === undefined ? 'no other' : `none of ${spec}`}`;
  const there = `${spec === undefined ? 'there' : `those of ${spec}`} are`;
  return `${none}; ${there} ${tellSome(names.map((one) => `"${one}"`))}${didYouMean(nearest(name, names))}`;
}
