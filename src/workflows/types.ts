/**
 * The types of workflow that `index.ts` exports. Those that hand something to their next execution take it as a second
 * argument; those that are for us are started by nobody else.
 */
export const workflowTypes = {
  createDataflow: { isContinued: false },
  planDataflow: { isContinued: false },
  planDataflows: { isContinued: true },
  applyDataflows: { isContinued: true },
  updateDataflow: { isContinued: false },
  deleteDataflow: { isContinued: false },
  ensureConnection: { isContinued: false },
  describeConnection: { isContinued: false },
  deleteConnection: { isContinued: false },
  importDataflow: { isContinued: false },
  exploreSource: { isContinued: false },
  suggestDefinition: { isContinued: false },
  checkSetup: { isContinued: false },
  trySandbox: { isContinued: false },
  listOrphans: { isContinued: false },
  watchFlowRuns: { isContinued: true },
  followRuns: { isContinued: true, isForUs: true },
  unlistedRun: { isContinued: false, isForUs: true },
} as const;

export type WorkflowType = keyof typeof workflowTypes;

/** Whether there is a workflow of this type. */
export function isWorkflowType(type: string): type is WorkflowType {
  return Object.hasOwn(workflowTypes, type);
}
