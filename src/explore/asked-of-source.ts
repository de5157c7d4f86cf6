import type { Definition } from '../definition/definition.ts';
import { sourceFacts } from '../definition/source-facts.ts';
import type { ObjectAsked } from '../families/family.ts';

/** What is asked of a source for a definition. */
export interface AskedOfSource extends ObjectAsked {
  /** Where AEP explores it: by the base connection, or for a connector that has none by its connection spec. */
  source: { connectionId: string } | { connectionSpecId: string };
}

/** Undefined where there is nothing that AEP could be asked. */
export function askedOfSource({ source }: Definition): AskedOfSource | undefined {
  const { family, connector, connectionSpec } = sourceFacts(source);
  const asked = family.asked(source);
  if (!asked) return undefined;
  const { baseConnectionId } = source;
  if (baseConnectionId !== undefined) return { source: { connectionId: baseConnectionId }, ...asked };
  return connector?.baseConnection === false
    ? { source: { connectionSpecId: connectionSpec.id }, ...asked }
    : undefined;
}

/** Whether a definition leaves the columns of its table to be read. */
export function leavesColumnsOut({ source }: Definition): boolean {
  const asked = sourceFacts(source).family.asked(source);
  return asked?.type === 'table' && asked.columns === undefined;
}
