import { ApplicationFailure } from '@temporalio/activity';
import type { FlowAction } from '../aep/flow-service.ts';
import type { FailureType } from '../failure-types.ts';
import { objectAt, textAt } from '../resources/json.ts';
import type { JsonObject } from '../resources/resource.ts';
import { carryOut } from './carry-out.ts';
import type { Dependencies } from './dependencies.ts';

export interface FlowActionRequest {
  sandbox: string;
  flowId: string;
  /** Milliseconds after which passing trouble ends it. Absent: never. */
  giveUpAfterMs?: number;
}

/**
 * What switches a flow. Each reads before it sends, since AEP refuses what does not fit the flow's state, and with the
 * version that it read, so that a request that comes late cannot undo what was asked for after it. Each ends when AEP
 * shows the state that was asked for and has completed its last operation, which takes it some seconds. Each returns whether AEP has
 * answered that it takes the request: else the flow was so already, or nobody knows who made it so.
 */
export function createFlowActions(dependencies: Dependencies) {
  const act = (action: FlowAction, isDone: (state: string) => boolean) => {
    return async ({ sandbox, flowId, giveUpAfterMs }: FlowActionRequest): Promise<boolean> => {
      const { flows, setFlowState } = dependencies.aep.flowService;
      const { asked } = await carryOut<{ asked: boolean }>(
        {
          subject: `the flow ${flowId}`,
          giveUpAfterMs,
          read: (call) => flows.get(call, flowId),
          isBusy,
          done: (answer, taken) => (isDone(stateOf(answer)) ? { asked: taken > 0 } : undefined),
          async send(call, answer) {
            await setFlowState(call, flowId, action, etagOf(answer));
            return undefined;
          },
          gone: () => noFlow(flowId, action),
        },
        sandbox,
        dependencies,
      );
      return asked;
    };
  };
  return {
    /** AEP runs it on its schedule again, and makes up the runs that it missed meanwhile. */
    enableFlow: act('enable', (state) => state === 'enabled'),
    /** AEP starts no more runs of it. One that is under way goes on, and one that was due already may still appear. */
    disableFlow: act('disable', (state) => state === 'disabled'),
    /**
     * Makes a draft a living flow. Its start must lie ahead by then: AEP refuses it with `CONNECTOR-1360-400`, which is
     * `Rejected`. A flow that is no draft has been published.
     */
    publishFlow: act('publish', (state) => state !== 'draft'),
  };
}

/** The states in which a flow or connection waits for nothing of AEP's. */
const settledStates = ['enabled', 'disabled', 'draft'];

/** Whether AEP has still to complete a change of a resource of Flow Service's. */
export function isBusy(answer: JsonObject): boolean {
  const status = textAt(objectAt(objectAt(answer, 'lastOperation'), 'status'), 'value') ?? '';
  // A word that nobody knows is no reason to wait for ever: the state says more.
  return (
    !settledStates.includes(stateOf(answer)) ||
    /^(in ?progress|pending|started|running|updating)/i.test(status)
  );
}

/** Both names are documented for the same value. */
export function etagOf(answer: JsonObject): string | undefined {
  return textAt(answer, 'etag') ?? textAt(answer, 'version');
}

function stateOf(answer: JsonObject): string {
  return (textAt(answer, 'state') ?? 'enabled').toLowerCase();
}

function noFlow(flowId: string, action: FlowAction): ApplicationFailure {
  return ApplicationFailure.create({
    type: 'Rejected' satisfies FailureType,
    message: `AEP has no flow ${flowId} to ${action}, or hides it by an access label`,
    nonRetryable: true,
    details: [{ call: `GET /flowservice/flows/${flowId}`, status: 404 }],
  });
}
