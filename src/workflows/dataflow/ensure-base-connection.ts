import { WorkflowExecutionAlreadyStartedError } from '@temporalio/common';
import {
  ApplicationFailure,
  CancellationScope,
  ChildWorkflowCancellationType,
  ChildWorkflowFailure,
  ParentClosePolicy,
  isCancellation,
  startChild,
} from '@temporalio/workflow';
import { connectionWorkflowId, givenConnection } from '../../definition/connection.ts';
import type { Definition } from '../../definition/definition.ts';
import { summarized } from '../calls.ts';
import type { ensureConnection } from '../connection/ensure-connection.ts';
import type { EnsureConnectionInput, EnsureConnectionResult } from '../connection/connection-messages.ts';
import { fail } from '../failures.ts';
import { workflowTaskTimeout } from '../messages.ts';
import type { ProgressReport } from './progress.ts';

const { untilFree } = summarized('Wait until others are done with the base connection');

/**
 * Has the base connection made, or given its credentials, by the workflow that is its lock. It goes on whatever becomes of
 * the dataflow, since others may wait for it. Where it is at work for another already, that one is waited for, and then it
 * looks once more.
 */
export async function ensureBaseConnection(
  definition: Definition,
  report: ProgressReport,
): Promise<EnsureConnectionResult> {
  const input = inputFor(definition);
  const workflowId = connectionWorkflowId(input);
  report.step('baseConnection', 'running', { note: `in ${workflowId}` });
  for (;;) {
    try {
      // oxlint-disable-next-line no-await-in-loop
      const child = await startChild<typeof ensureConnection>('ensureConnection', {
        workflowId,
        args: [input],
        parentClosePolicy: ParentClosePolicy.ABANDON,
        cancellationType: ChildWorkflowCancellationType.ABANDON,
        workflowTaskTimeout,
        staticSummary: `Sees to the base connection ${input.name}`,
      });
      // oxlint-disable-next-line no-await-in-loop
      return await child.result();
    } catch (error) {
      // It was not ended: this one was, and waits no more.
      if (isCancellation(error) && CancellationScope.current().consideredCancelled) throw error;
      if (error instanceof ChildWorkflowFailure) throw whatEnded(error, workflowId);
      if (!(error instanceof WorkflowExecutionAlreadyStartedError)) throw error;
      report.step('baseConnection', 'running', {
        note: `until ${workflowId}, which runs for others, has ended`,
      });
      // oxlint-disable-next-line no-await-in-loop
      await untilFree({ workflowId });
    }
  }
}

function inputFor({ sandbox, source, giveUpAfter }: Definition): EnsureConnectionInput {
  const given = givenConnection(source);
  if (given?.name === undefined || !given.auth) throw new Error('No credentials are given');
  const { connector, connectionSpec } = source;
  return {
    sandbox,
    name: given.name,
    auth: given.auth,
    ...(connector === undefined ? {} : { connector }),
    ...(connectionSpec === undefined ? {} : { connectionSpec }),
    ...(given.description === undefined ? {} : { description: given.description }),
    ...(giveUpAfter === undefined ? {} : { giveUpAfter }),
  };
}

function whatEnded({ cause }: ChildWorkflowFailure, workflowId: string): Error {
  if (cause instanceof ApplicationFailure) return cause;
  return fail('OutcomeUnknown', `${workflowId} was ended by somebody before it was done: start again`);
}
