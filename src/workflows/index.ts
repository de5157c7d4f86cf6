export { createDataflow } from './create-dataflow.ts';
export { watchFlowRuns } from './watch-flow-runs.ts';
