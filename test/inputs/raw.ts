import proto from '@temporalio/proto';
import type { Client } from '@temporalio/client';
import type { TestTemporal } from '../support/temporal.ts';

type Payload = proto.temporal.api.common.v1.IPayload;

const { WorkflowIdReusePolicy: reuse } = proto.temporal.api.enums.v1;
const bytes = (text: string) => new TextEncoder().encode(text);

/** A payload as a client in another language may send it. */
export function payload(
  data: string | Uint8Array | undefined,
  encoding: string | undefined = 'json/plain',
): Payload {
  return {
    metadata: encoding === 'none' ? {} : { encoding: bytes(encoding) },
    data: typeof data === 'string' ? bytes(data) : (data ?? null),
  };
}

/** What a Temporal client does, without what it does to payloads. */
export function rawClient({ client, namespace }: TestTemporal) {
  const { workflowService } = client as Client;
  const identity = 'raw';
  return {
    async start(workflowType: string, workflowId: string, payloads: Payload[], more: object = {}) {
      await workflowService.startWorkflowExecution({
        namespace,
        identity,
        requestId: crypto.randomUUID(),
        workflowId,
        workflowType: { name: workflowType },
        taskQueue: { name: 'aep-dataflows' },
        workflowIdReusePolicy: reuse.WORKFLOW_ID_REUSE_POLICY_ALLOW_DUPLICATE,
        input: { payloads },
        ...more,
      });
      return client.workflow.getHandle(workflowId);
    },
    async signal(workflowId: string, signalName: string, payloads: Payload[]): Promise<void> {
      await workflowService.signalWorkflowExecution({
        namespace,
        identity,
        requestId: crypto.randomUUID(),
        workflowExecution: { workflowId },
        signalName,
        input: { payloads },
      });
    },
    /** Answers with the failure of the update; undefined where it was taken. */
    async update(workflowId: string, name: string, payloads: Payload[]) {
      const { outcome } = await workflowService.updateWorkflowExecution({
        namespace,
        workflowExecution: { workflowId },
        waitPolicy: {
          lifecycleStage:
            proto.temporal.api.enums.v1.UpdateWorkflowExecutionLifecycleStage
              .UPDATE_WORKFLOW_EXECUTION_LIFECYCLE_STAGE_COMPLETED,
        },
        request: { meta: { updateId: crypto.randomUUID(), identity }, input: { name, args: { payloads } } },
      });
      return outcome?.failure ?? undefined;
    },
    async query(workflowId: string, queryType: string, payloads: Payload[]): Promise<void> {
      await workflowService.queryWorkflow({
        namespace,
        execution: { workflowId },
        query: { queryType, queryArgs: { payloads } },
      });
    },
  };
}
