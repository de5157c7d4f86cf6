import { z } from 'zod';

const time = () => z.iso.datetime();
const count = () => z.int().nonnegative();

const envelope = {
  version: z.literal(1),
  id: z
    .uuid()
    .describe(
      'The same however often the message is delivered. It may come more than once: drop what you have seen.',
    ),
  at: time().describe('When it was found out.'),
};

/** What a watcher tells about its flow. */
export const flowMessageSchema = z
  .object({
    ...envelope,
    event: z
      .enum(['changed', 'recovered', 'gaveUp', 'gone'])
      .describe(
        'changed: the flow has another verdict. recovered: it is ok again. gaveUp: a failed run is not run again any more; the verdict is what it was. gone: AEP has the flow no more, and its watch has ended; the verdict is what it was.',
      ),
    verdict: z
      .enum(['ok', 'degraded', 'failed', 'pending', 'stuck', 'overdue', 'paused'])
      .describe('How the flow is now.'),
    was: z.string().optional().describe('The verdict that was told last.'),
    since: time().optional().describe('Since when the verdict holds.'),
    dataflow: z.string().optional().describe('<sandbox>/<name>, where the flow is one of our dataflows.'),
    sandbox: z.string(),
    flowId: z.string(),
    flowName: z.string().optional(),
    connector: z.string().optional(),
    cause: z
      .object({
        code: z.string().optional().describe("AEP's own code, such as CONNECTOR-1001-500."),
        message: z.string(),
        activity: z.enum(['copy', 'promotion']).optional().describe('Which half of the run it was.'),
      })
      .optional()
      .describe('Why, where the flow is not ok.'),
    next: z.string().describe('What a person should do now.'),
    run: z
      .object({
        runId: z.string(),
        start: time(),
        end: time().optional(),
        verdict: z.string(),
        recordsRead: count().optional(),
        recordsWritten: count().optional(),
        recordsFailed: count().optional(),
      })
      .optional()
      .describe('The run that the verdict comes from.'),
    streak: z
      .object({ verdict: z.string(), runs: count() })
      .optional()
      .describe('How many runs in a row had the verdict of the newest.'),
    lastSuccess: z.object({ runId: z.string(), end: time() }).optional(),
    nextRunDue: time().optional(),
    missedRuns: count().optional().describe('How many runs should have come and did not.'),
    totals: z
      .object({
        ok: count(),
        degraded: count(),
        failed: count(),
        recordsWritten: count(),
        recordsFailed: count(),
        tooLate: count(),
      })
      .describe('Since the watch began.'),
    retry: z
      .object({ tried: count(), times: count(), at: time().optional() })
      .optional()
      .describe('How often the failed run was run again, how often at most, and when it is next.'),
    watcherWorkflowId: z.string().describe('The workflow that watches the flow.'),
    link: z.url().optional().describe("The watcher's history in the Temporal UI, where the worker knows it."),
  })
  .describe('The verdict of a flow has changed.');

/** What a create tells that waits for a person, as its definition says `"onFailure": "wait"`. */
export const createMessageSchema = z
  .object({
    ...envelope,
    event: z
      .literal('createWaits')
      .describe(
        'createWaits: AEP refused something for good while a dataflow was created, and the create waits until somebody decides.',
      ),
    dataflow: z.string().describe('<sandbox>/<name>'),
    sandbox: z.string(),
    cause: z
      .object({
        type: z.string().describe('The type that the create would have failed with, such as Rejected.'),
        code: z.string().optional().describe("AEP's own code, such as CONNECTOR-1369-400."),
        message: z.string(),
      })
      .describe('Why it waits.'),
    next: z.string().describe('What a person should do now.'),
    workflowId: z.string().describe('The create, which takes the updates resume and giveUp.'),
    link: z.url().optional().describe("The create's history in the Temporal UI, where the worker knows it."),
  })
  .describe('A create waits for a person.');

/**
 * What is told to webhooks and to workflows: JSON, `docs/message.schema.json` for other programs. Fields and events may
 * be added; what is here stays, unless `version` changes.
 */
export const messageSchema = z.discriminatedUnion('event', [flowMessageSchema, createMessageSchema]);

export type FlowMessage = z.infer<typeof flowMessageSchema>;
export type CreateMessage = z.infer<typeof createMessageSchema>;
export type Message = z.infer<typeof messageSchema>;
