/**
 * The `type` of every failure a caller can meet: whose move it is.
 *
 * - `InvalidDefinition`: fix the definition. AEP was asked at most whether what it names is there; where a start passed
 *   meanwhile, what was made by then is listed.
 * - `Conflict`: AEP holds something that does not fit; a human decides.
 * - `Unauthorized`: the worker's credentials are refused.
 * - `Rejected`: AEP refused a request for good.
 * - `OutcomeUnknown`: a request was sent and nobody knows what became of it.
 * - `StalePlan`: what the plan rests on has changed since it was made; plan anew, and look at what changed.
 * - `ChoiceNeeded`: AEP forces a choice that nobody has made; the plan names the options and what follows from each.
 * - `RejectedByPerson`: whoever was to approve the plan has rejected it; nothing was done.
 * - `UnknownWorkflowType`: fix the name of the type, which is no workflow of ours.
 * - `RateLimited`, `Unavailable`: AEP is slow or away. They end a workflow only where its definition sets `giveUpAfter`.
 */
const failureTypes = [
  'InvalidDefinition',
  'Conflict',
  'Unauthorized',
  'Rejected',
  'OutcomeUnknown',
  'StalePlan',
  'ChoiceNeeded',
  'RejectedByPerson',
  'UnknownWorkflowType',
  'RateLimited',
  'Unavailable',
] as const;
export type FailureType = (typeof failureTypes)[number];

/** Whether a failure is one of ours: Temporal has types of its own, and so have mistakes in code. */
export function isFailureType(type: string | null | undefined): type is FailureType {
  return failureTypes.some((one) => one === type);
}

/** What AEP said, as it is kept in the `details` of a failure. */
export interface AepRefusal {
  /** Method and path, such as `POST /flowservice/flows`. */
  call: string;
  status?: number;
  /** AEP's own code, such as `FLOW-1367-400`, `CONNECTOR-1369-400` or `403003`. */
  code?: string;
  title?: string;
  detail?: string;
  requestId?: string;
}
