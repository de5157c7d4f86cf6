export { createDataflow } from './dataflow/create-dataflow.ts';
export { planDataflow } from './dataflow/plan-dataflow.ts';
export { updateDataflow } from './dataflow/update-dataflow.ts';
export { deleteDataflow } from './dataflow/delete-dataflow.ts';
export { listOrphans } from './dataflow/list-orphans.ts';
export { watchFlowRuns } from './watch/watch-flow-runs.ts';
export { followRuns } from './watch/follow-runs.ts';
export { unlistedRun } from './dataflow/unlisted-run.ts';
export { unknownWorkflowType as default } from './unknown-workflow-type.ts';
