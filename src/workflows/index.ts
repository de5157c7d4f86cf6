export { createDataflow } from './create-dataflow.ts';
export { deleteDataflow } from './delete-dataflow.ts';
export { listOrphans } from './list-orphans.ts';
export { watchFlowRuns } from './watch-flow-runs.ts';
export { followRuns } from './follow-runs.ts';
export { unlistedRun } from './unlisted-run.ts';
export { unknownWorkflowType as default } from './unknown-workflow-type.ts';
