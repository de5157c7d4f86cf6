import type { Auth } from '../definition/connection.ts';
import { tellSpec } from '../definition/connectors.ts';
import type { Problem } from '../definition/problems.ts';
import type { ConnectionAsked, ConnectionFound, ConnectionsFound } from './reads.ts';

/** The state of a base connection of which AEP does not know yet whether its credentials are good. */
export const initializing = 'initializing';

/** What becomes of a base connection that is to have these credentials. `keep`: it has them. */
export type ConnectionDecision =
  | { action: 'create'; reason: string }
  | { action: 'keep' | 'update'; reason: string; there: ConnectionFound }
  | { action?: never; problems: Problem[] };

/** What is to be done so that AEP has it. The same for the plan of a dataflow and for `ensureConnection`. */
export function decideConnection(
  { name, connectionSpecId, auth, field }: ConnectionAsked & { auth: Auth },
  { found, problems: secretProblems }: ConnectionsFound,
): ConnectionDecision {
  const nameField = field.replace(/auth$/, 'name');
  const problems = [...secretProblems];
  // Where a request took effect too late there are two: the first counts.
  const [there] = found
    .filter(({ isOurs }) => isOurs)
    .toSorted((a, b) => (a.createdAt ?? 0) - (b.createdAt ?? 0) || (a.id < b.id ? -1 : 1));
  const [theirs] = found;
  if (there) problems.push(...problemsOfOurs(there));
  else if (theirs) {
    const message = `the base connection "${name}" (${theirs.id}) is there already, and was not made from a definition: leave auth out to use it as it is, or choose another name`;
    problems.push({ field: nameField, message });
  }
  if (problems.length > 0) return { problems };
  if (!there) return { action: 'create', reason: 'AEP has none of this name' };
  if (there.hasCredentials) return { action: 'keep', reason: 'It has these credentials', there };
  const reason =
    "It was given other credentials last, or such that have not passed AEP's test: a secret or another param has changed";
  return { action: 'update', reason, there };

  function problemsOfOurs({ id, state, connectionSpecId: specId, authType }: ConnectionFound): Problem[] {
    const what = `the base connection "${name}" (${id})`;
    if (specId !== undefined && specId !== connectionSpecId) {
      const message = `${what} is one of ${tellSpec(specId)}, not of ${tellSpec(connectionSpecId)}: choose another name`;
      return [{ field: nameField, message }];
    }
    if (authType !== undefined && authType !== auth.type) {
      const message = `${what} was made with "${authType}", which AEP does not change: choose another name for one with "${auth.type}"`;
      return [{ field: `${field}.type`, message }];
    }
    if (state === undefined || state === 'enabled' || state === initializing) return [];
    return [{ field: nameField, message: `${what} is ${state}: it must be enabled` }];
  }
}
