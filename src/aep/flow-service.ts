import type { JsonObject } from '../resources/resource.ts';
import type { Collection } from './collection.ts';
import type { Call } from './http.ts';
import type { Run } from './run.ts';

export interface RunQuery {
  /** Conditions such as `flowId==…`; all of them hold. Inside one, a comma means "or". */
  filters: string[];
  /** A path such as `metrics.durationSummary.startedAtUTC`; with `-` before it, newest first. */
  orderby?: string | undefined;
  /** Runs a page. */
  limit?: number | undefined;
}

/** Connections, flows and their runs. */
export interface FlowService {
  connections: Collection;
  sourceConnections: Collection;
  targetConnections: Collection;
  flows: Collection;
  /** Undefined where AEP has no flow spec of this name. */
  findFlowSpec(call: Call, name: string): Promise<JsonObject | undefined>;
  setFlowState(call: Call, flowId: string, state: 'enable' | 'disable'): Promise<void>;
  /** Page by page, so that a reader may stop early. The deadline of `call` is that of each page. */
  listRuns(call: Call, query: RunQuery): AsyncIterable<Run[]>;
  getRun(call: Call, id: string): Promise<Run | undefined>;
  /** Runs a failed run again. Answers with the id of the new run. */
  retriggerRun(call: Call, id: string): Promise<{ id: string }>;
}
