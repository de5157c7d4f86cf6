/** What workflows, activities and clients call one another by. */

/** The id of the workflow that watches a flow: a flow has one watcher, whoever starts it. */
export function watcherWorkflowId({ sandbox, flowId }: { sandbox: string; flowId: string }): string {
  return `flow:${sandbox}:${flowId}`;
}

/** Whether a workflow of this id may tell a watcher that it starts what to begin with: another watcher, or a dataflow's. */
export function tellsWatchers(workflowId: string): boolean {
  return workflowId.startsWith('flow:') || workflowId.startsWith('dataflow:');
}

/** The id of the workflow that follows all runs of a sandbox, for the watchers of its flows. */
export function followerWorkflowId({ sandbox }: { sandbox: string }): string {
  return `runs:${sandbox}`;
}

/** The sandbox of a follower, by its id. */
export function sandboxOfFollower(workflowId: string): string {
  return workflowId.slice(followerWorkflowId({ sandbox: '' }).length);
}

/** The id of the workflow that stands in for runs of a dataflow which lists of workflows do not show. */
export function unlistedWorkflowId(dataflowWorkflowId: string): string {
  return dataflowWorkflowId.replace('dataflow:', 'unlisted:');
}

/** The workflows whose progress says which of their calls wait for AEP. */
export const typesThatWait = ['createDataflow', 'updateDataflow', 'planDataflow', 'importDataflow'];
export const watcherType = 'watchFlowRuns';
export const followerType = 'followRuns';
export const unlistedType = 'unlistedRun';
/** The signal by which a call tells its workflow that it waits for AEP. */
export const waitsName = 'waits';
/** The signal that has a watcher look for itself. */
export const wakeName = 'wake';
/** The signal that takes finished runs to a watcher. */
export const runsEndedName = 'runsEnded';
