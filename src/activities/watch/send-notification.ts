import { createHmac } from 'node:crypto';
import { ApplicationFailure, Context, activityInfo, cancellationSignal, log } from '@temporalio/activity';
import { WorkflowNotFoundError } from '@temporalio/client';
import ky from 'ky';
import type { Channels } from '../../settings/channel-config.ts';
import { receivers, type KnownReceivers } from '../../definition/known-receivers.ts';
import type { ChannelKind } from '../../definition/watch.ts';
import { emailOf } from '../../runs/forms/email.ts';
import { slackMessage } from '../../runs/forms/slack.ts';
import { teamsMessage } from '../../runs/forms/teams.ts';
import { textOf } from '../../runs/forms/text.ts';
import type { Message } from '../../runs/notification.ts';
import { secretOf, type Webhook } from '../../settings/webhook-config.ts';
import { mailCodeOf, sendEmail } from './send-email.ts';

interface NotificationDependencies {
  webhooks: Record<string, Webhook>;
  channels?: Channels | undefined;
  temporalUiUrl?: string | undefined;
  httpTimeoutMs: number;
}

export interface WebhookDelivery {
  /** The name of a webhook in the environment of the worker. */
  webhook: string;
  message: Message;
}

export interface ChannelDelivery {
  kind: ChannelKind;
  /** As the environment of the worker has it. */
  name: string;
  message: Message;
}

export interface SignalDelivery {
  workflowId: string;
  signal: string;
  message: Message;
}

const longestPauseMs = 60 * 60_000;

const noChannels: Channels = { slack: {}, teams: {}, email: {} };

/** Whom the environment of a worker knows, by kind. */
export function receiversOf({
  webhooks,
  channels = noChannels,
}: Pick<NotificationDependencies, 'webhooks' | 'channels'>): KnownReceivers {
  const { slack, teams, email } = channels;
  const names = (of: object) => Object.keys(of).sort();
  return { webhook: names(webhooks), slack: names(slack), teams: names(teams), email: names(email) };
}

/** Deliver messages: at least once, so that their receivers drop those whose id they have seen. */
export function createNotificationActivities({
  webhooks,
  channels = noChannels,
  temporalUiUrl,
  httpTimeoutMs,
}: NotificationDependencies) {
  return {
    /** The names of those whom the environment of this worker holds. */
    async knownReceivers(): Promise<KnownReceivers> {
      return receiversOf({ webhooks, channels });
    },

    /** Sends a message to a webhook, signed as standardwebhooks.com describes. Retried by Temporal until it is taken. */
    async sendMessage({ webhook: name, message }: WebhookDelivery): Promise<void> {
      const webhook = Object.hasOwn(webhooks, name) ? webhooks[name] : undefined;
      if (!webhook) throw undelivered(`The environment of this worker has no webhook "${name}"`);
      const body = JSON.stringify(withLink(message, temporalUiUrl));
      const signature = signatureOf(webhook.key, message.id, Math.floor(Date.now() / 1000), body);
      await post(`The webhook "${name}"`, webhook.url, body, httpTimeoutMs, signature);
    },

    /** Sends a message to people, in the form that their service has. Retried by Temporal until it is taken: it may come twice. */
    async sendToChannel({ kind, name, message }: ChannelDelivery): Promise<void> {
      if (!Object.hasOwn(channels[kind], name))
        throw undelivered(`The environment of this worker has no ${receivers[kind].title} "${name}"`);
      const text = textOf(withLink(message, temporalUiUrl));
      if (kind === 'email') {
        try {
          const left = await sendEmail(channels.email[name]!, emailOf(text), httpTimeoutMs);
          if (left > 0) log.warn('A mail server refused some receivers of an e-mail', { name, left });
        } catch (error) {
          // Only codes: what a mail server says may name people, and whoever signs in to it.
          throw undelivered(`The mail server did not take the e-mail for "${name}": ${mailCodeOf(error)}`);
        }
        return;
      }
      const form = kind === 'slack' ? slackMessage(text) : teamsMessage(text);
      await post(
        `The ${receivers[kind].title} "${name}"`,
        channels[kind][name]!,
        JSON.stringify(form),
        httpTimeoutMs,
      );
    },

    /** Signals a workflow in the worker's own namespace. */
    async signalWorkflow({ workflowId, signal, message }: SignalDelivery): Promise<void> {
      const { client } = Context.current();
      try {
        await client.workflow.getHandle(workflowId).signal(signal, withLink(message, temporalUiUrl));
      } catch (error) {
        if (error instanceof WorkflowNotFoundError)
          throw undelivered(`The workflow ${workflowId}, which is to be notified, does not run`);
        throw undelivered(`The workflow ${workflowId} cannot be notified: ${String(error)}`);
      }
    },
  };
}

/** @throws ApplicationFailure unless the answer is 2xx. Its message names whom, never where. */
async function post(
  whom: string,
  url: string,
  body: string,
  timeout: number,
  headers: Record<string, string> = {},
): Promise<void> {
  let status: number;
  try {
    const response = await ky.post(url, {
      body,
      headers: { 'content-type': 'application/json', ...headers },
      signal: cancellationSignal(),
      // What was meant, or signed, for one address is not for another.
      redirect: 'manual',
      retry: 0,
      timeout,
      throwHttpErrors: false,
    });
    ({ status } = response);
    await response.body?.cancel();
  } catch (error) {
    // Only the code: the texts of such errors hold the address, which is a secret.
    throw undelivered(`${whom} cannot be reached: ${codeOf(error)}`);
  }
  if (status < 200 || status > 299) throw undelivered(`${whom} answered ${status}`);
}

/**
 * Headers by which a receiver knows who sent a message, and when.
 * @param key as it is, or in base64 after `whsec_`.
 * @param timestamp epoch seconds.
 */
export function signatureOf(
  key: string,
  id: string,
  timestamp: number,
  body: string,
): Record<string, string> {
  const signature = createHmac('sha256', secretOf(key)).update(`${id}.${timestamp}.${body}`).digest('base64');
  return {
    'webhook-id': id,
    'webhook-timestamp': String(timestamp),
    'webhook-signature': `v1,${signature}`,
  };
}

function withLink(message: Message, temporalUiUrl: string | undefined): Message {
  const { workflowExecution, workflowNamespace } = activityInfo();
  if (!temporalUiUrl || !workflowExecution || !workflowNamespace) return message;
  const [namespace, workflowId, runId] = [
    workflowNamespace,
    workflowExecution.workflowId,
    workflowExecution.runId,
  ].map(encodeURIComponent);
  return { ...message, link: `${temporalUiUrl}/namespaces/${namespace}/workflows/${workflowId}/${runId}` };
}

function undelivered(message: string): ApplicationFailure {
  const { attempt } = activityInfo();
  const nextRetryDelay =
    Math.min(longestPauseMs, 2_000 * 2 ** Math.min(attempt - 1, 20)) * (0.8 + Math.random() * 0.2);
  return ApplicationFailure.create({ type: 'NotDelivered', message, nextRetryDelay });
}

function codeOf(error: unknown): string {
  if (!(error instanceof Error)) return 'unknown';
  const cause = error.cause instanceof Error ? error.cause : error;
  const code: unknown = Reflect.get(cause, 'code');
  return typeof code === 'string' ? code : error.name;
}
