import { z } from 'zod';
import { duration, durationMs } from './duration.ts';
import { line, workflowIdText } from './text.ts';

const longestMs = 366 * 24 * 3_600_000;

const patience = () =>
  duration().refine((text) => (durationMs(text) ?? 0) <= longestMs, 'must be at most a year');

/** Services by which people are told: a definition names a receiver of each, the worker's environment knows who that is. */
export const channelKinds = ['slack', 'teams', 'email'] as const;
export type ChannelKind = (typeof channelKinds)[number];

/** What the name of a receiver may be: part of the names of the variables that hold its address. */
const receiverName = () =>
  z
    .string()
    .max(50)
    .regex(
      /^[a-z][a-z0-9]*(-[a-z0-9]+)*$/,
      'must be a name: lower-case letters, digits and single hyphens, such as "on-call". The address is kept in the environment of the worker, never here',
    );

const notify = z
  .strictObject({
    webhook: receiverName()
      .optional()
      .describe(
        'The name of a webhook in the environment of the worker: "on-call" is AEP_WEBHOOK_ON_CALL_URL and AEP_WEBHOOK_ON_CALL_KEY.',
      ),
    slack: receiverName()
      .optional()
      .describe(
        'The name of a Slack channel in the environment of the worker: "data-team" is AEP_SLACK_DATA_TEAM_URL.',
      ),
    teams: receiverName()
      .optional()
      .describe(
        'The name of a Teams channel in the environment of the worker: "data-team" is AEP_TEAMS_DATA_TEAM_URL.',
      ),
    email: receiverName()
      .optional()
      .describe(
        'The name of e-mail receivers in the environment of the worker: "data-team" is AEP_EMAIL_DATA_TEAM_TO.',
      ),
    workflow: z
      .strictObject({
        workflowId: workflowIdText().describe('The id of the workflow.'),
        signal: line(200).describe('The name of the signal. It carries the message.'),
      })
      .optional()
      .describe("A workflow of yours, in the worker's namespace, to signal."),
  })
  .refine((notify) => Object.values(notify).some((receiver) => receiver !== undefined), {
    message: 'must name somebody: slack, teams, email, webhook or workflow',
  })
  .describe(
    'Whom to tell when the verdict of the flow changes, or when its create waits for a person. Nobody unless given.',
  );

const retry = z
  .strictObject({
    times: z.int().min(1).max(10).describe('How often at most one failed run is run again: 1 to 10 times.'),
    pause: patience()
      .optional()
      .describe(
        'How long to wait before the first time, such as "5m"; each next time waits twice as long. "5m" unless given.',
      ),
  })
  .describe(
    'Whether AEP is asked to run failed runs again. Never for errors that cannot heal by themselves. Not unless given.',
  );

const schema = z
  .strictObject({
    overdueAfter: patience()
      .optional()
      .describe(
        'How long after its due time a run may start before the flow is overdue, such as "45m". Half the time between two runs, 10 minutes to 2 hours, unless given.',
      ),
    stuckAfter: patience()
      .optional()
      .describe(
        'How long a run may be in progress before it is stuck, such as "3h". Four times the usual, at least 30 minutes, unless given.',
      ),
    expectRows: z
      .boolean()
      .optional()
      .describe(
        'Whether a run that brings no rows is degraded, once runs of the flow have brought some. No unless given.',
      ),
    notify: notify.optional(),
    retry: retry.optional(),
    pauseAfter: z
      .int()
      .min(1)
      .max(1000)
      .optional()
      .describe(
        'After how many failed runs in a row the flow is disabled. It stays so until somebody enables it, or sends the update "resume". Never unless given.',
      ),
  })
  .describe('How the runs of the flow are watched, and what is done about those that go wrong.');

/** How a flow is watched: in a definition, at the start of a watcher by hand, and in the update `setWatch`. */
export const watch = () => schema;

export type Watch = z.infer<typeof schema>;
