import type { SearchAttributePair } from '@temporalio/common';
import type { Definition } from '../../definition/definition.ts';
import { dataflowId, definitionHash } from '../../definition/identity.ts';
import { sourceFacts } from '../../definition/source-facts.ts';
import { emptyOutcome } from '../../resources/outcome.ts';
import { searchAttributes, type CreateState } from '../messages.ts';

/**
 * What a create says of itself before it has made anything. In the memo: its definition, for whoever starts another one
 * under this id, and that a run which is refused at once has left nothing. In search attributes: what lists are searched by.
 */
export function announcementOf(definition: Definition) {
  const pairs: SearchAttributePair[] = [
    { key: searchAttributes.dataflow, value: dataflowId(definition) },
    { key: searchAttributes.sandbox, value: definition.sandbox },
    { key: searchAttributes.connector, value: sourceFacts(definition.source).label },
    { key: searchAttributes.state, value: 'running' satisfies CreateState },
  ];
  return {
    memo: { definition: definitionHash(definition), outcome: emptyOutcome() },
    searchAttributes: pairs,
  };
}
