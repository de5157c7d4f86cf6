import { defineSearchAttributeKey } from '@temporalio/common';

type Keyword = ReturnType<typeof defineSearchAttributeKey<'KEYWORD'>>;

/**
 * What a definition adds to its workflow, so that the server's list of workflows can be searched. All are keywords: a
 * server on SQL has room for ten in a namespace.
 */
export const searchAttributes: Record<
  'dataflow' | 'flowId' | 'sandbox' | 'connector' | 'verdict' | 'state' | 'drift',
  Keyword
> = {
  dataflow: defineSearchAttributeKey('AepDataflow', 'KEYWORD'),
  flowId: defineSearchAttributeKey('AepFlowId', 'KEYWORD'),
  sandbox: defineSearchAttributeKey('AepSandbox', 'KEYWORD'),
  connector: defineSearchAttributeKey('AepConnector', 'KEYWORD'),
  verdict: defineSearchAttributeKey('AepVerdict', 'KEYWORD'),
  state: defineSearchAttributeKey('AepState', 'KEYWORD'),
  drift: defineSearchAttributeKey('AepDrift', 'KEYWORD'),
};
