/**
 * Every failure a caller can meet, by its `type`: what happened, and whose move it is. docs/reference/failures.md is made
 * of it. `RateLimited` and `Unavailable` end a workflow only where its definition sets `giveUpAfter`.
 */
export const failures = {
  InvalidDefinition: {
    happened: 'The definition has problems. `problems` lists all of them.',
    move: 'Yours: correct the definition and start again.',
  },
  Conflict: {
    happened:
      'AEP holds something that does not fit; or a flow lives that differs (create), or none lives (update); or one is missing.',
    move: "A person's: `details` names the ids and the differences.",
  },
  Unauthorized: {
    happened: "AEP refused the worker's credentials or permissions.",
    move: 'Whoever runs the worker.',
  },
  Rejected: {
    happened: 'AEP refused a request for good.',
    move: "Yours, by AEP's own words. With the request id you can ask Adobe.",
  },
  OutcomeUnknown: {
    happened: 'A request was sent and its outcome could not be found out.',
    move: 'Yours: start again. It looks before it makes anything, for up to a minute.',
  },
  StalePlan: {
    happened:
      'What the plan rests on has changed since it was made. `details` names the resource, the field and what stands there now.',
    move: 'Yours: plan again, and look at what changed.',
  },
  ChoiceNeeded: {
    happened: 'AEP forces a choice that nobody has made.',
    move: 'Yours: make one of the choices that the plan names.',
  },
  RejectedByPerson: {
    happened: 'Whoever was to approve the plan rejected it: `saidToBeBy`, `why`. Nothing was done.',
    move: 'Yours: talk to them.',
  },
  UnknownWorkflowType: {
    happened: 'There is no workflow type of this name. `nearest` is the one that was probably meant.',
    move: 'Yours: start it under the right one.',
  },
  RateLimited: {
    happened: 'AEP asked to slow down for longer than `giveUpAfter`.',
    move: "Nobody's: start again later.",
  },
  Unavailable: {
    happened: 'AEP was away for longer than `giveUpAfter`.',
    move: "Nobody's: start again later.",
  },
} as const;
export type FailureType = keyof typeof failures;

/** Whether a failure is one of ours: Temporal has types of its own, and so have mistakes in code. */
export function isFailureType(type: string | null | undefined): type is FailureType {
  return typeof type === 'string' && Object.hasOwn(failures, type);
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
