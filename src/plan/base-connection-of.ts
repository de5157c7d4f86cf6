import { givenConnection, withBaseConnection, type GivenConnection } from '../definition/connection.ts';
import { tellSpec } from '../definition/connectors.ts';
import type { Definition } from '../definition/definition.ts';
import type { Problem } from '../definition/problems.ts';
import { sourceFacts } from '../definition/source-facts.ts';
import { notTheOnlyOne } from './connection-named.ts';
import { decideConnection, initializing, type ConnectionDecision } from './decide-connection.ts';
import type { Step } from './plan.ts';
import type { BaseConnection, FactReads } from './reads.ts';

/** What AEP has of the base connection that a definition names. */
export interface BaseConnectionFacts {
  /** The definition with the id of its base connection, as far as AEP has it. */
  definition: Definition;
  problems: Problem[];
  /** What becomes of it, where the definition gives its credentials. */
  step?: Step<'baseConnection'>;
  /** AEP does not know yet whether its credentials are good. */
  isInitializing: boolean;
}

/**
 * Looks for the base connection that a definition names, by its id or its name.
 * @param recalled what is known of the one that is given by its id.
 */
export function baseConnectionOf(
  definition: Definition,
  reads: Pick<FactReads, 'baseConnection' | 'connectionsNamed'>,
  recalled?: BaseConnection,
): BaseConnectionFacts | Promise<BaseConnectionFacts> {
  const given = givenConnection(definition.source);
  if (!given) return { definition, problems: [], isInitializing: false };
  if (recalled && given.id !== undefined) return judged(definition, given, given.id, recalled);
  return read(definition, given, reads);
}

async function read(
  definition: Definition,
  given: GivenConnection,
  reads: Pick<FactReads, 'baseConnection' | 'connectionsNamed'>,
): Promise<BaseConnectionFacts> {
  if (given.id !== undefined)
    return judged(definition, given, given.id, await reads.baseConnection(given.id));
  const { sandbox, source } = definition;
  const { connectionSpec } = sourceFacts(source);
  const { name, auth } = given;
  const asked = { sandbox, name, connectionSpecId: connectionSpec.id, field: 'source.connection.auth' };
  const answer = await reads.connectionsNamed({ ...asked, auth });
  if (auth) return planned(definition, decideConnection({ ...asked, auth }, answer));
  const fitting = answer.found.filter((one) => isOf(one, connectionSpec.id));
  const [one, another] = fitting.length > 0 ? fitting : answer.found;
  if (!one || another) {
    const message = notTheOnlyOne(asked, answer);
    return { definition, problems: [{ field: given.field, message }], isInitializing: false };
  }
  return judged(definition, given, one.id, one);
}

function planned(definition: Definition, decision: ConnectionDecision): BaseConnectionFacts {
  if (!decision.action) return { definition, problems: decision.problems, isInitializing: false };
  const { action, reason } = decision;
  const step: Step<'baseConnection'> = { kind: 'baseConnection', action, reason, changes: [], needs: [] };
  if (action === 'create') return { definition, problems: [], step, isInitializing: false };
  const { id, state } = decision.there;
  return {
    definition: withBaseConnection(definition, id),
    problems: [],
    step: { ...step, id },
    // Whoever gives it other credentials waits for it anyway.
    isInitializing: action === 'keep' && state === initializing,
  };
}

/** The same once more where its id is known and something has changed. */
export function problemsOfBaseConnection(definition: Definition, found: BaseConnection): Problem[] {
  const given = givenConnection(definition.source);
  return given ? problemsOf(definition, given, definition.source.baseConnectionId ?? '', found) : [];
}

function judged(
  definition: Definition,
  given: GivenConnection,
  id: string,
  found: BaseConnection,
): BaseConnectionFacts {
  return {
    definition: withBaseConnection(definition, id),
    problems: problemsOf(definition, given, id, found),
    isInitializing: found?.state === initializing,
  };
}

function problemsOf(
  { sandbox, source }: Definition,
  { field }: GivenConnection,
  id: string,
  found: BaseConnection,
): Problem[] {
  if (!found) {
    const message = `${id} is not there: give the id of an existing base connection in the sandbox ${sandbox}`;
    return [{ field, message }];
  }
  const { state, connectionSpecId } = found;
  const { connectionSpec } = sourceFacts(source);
  const problems: Problem[] = [];
  if (state && state !== 'enabled' && state !== initializing)
    problems.push({ field, message: `${id} is ${state}: it must be enabled` });
  if (!isOf(found, connectionSpec.id)) {
    const message = `${id} is a base connection of ${tellSpec(connectionSpecId!)}, not of ${tellSpec(connectionSpec.id)}`;
    problems.push({ field, message });
  }
  return problems;
}

function isOf({ connectionSpecId }: NonNullable<BaseConnection>, specId: string): boolean {
  return connectionSpecId === undefined || connectionSpecId === specId;
}
