import { createHmac } from 'node:crypto';
import { ApplicationFailure, Context, activityInfo, cancellationSignal } from '@temporalio/activity';
import { WorkflowNotFoundError } from '@temporalio/client';
import ky from 'ky';
import type { Message } from '../../runs/notification.ts';
import { secretOf, type Webhook } from '../../webhook-config.ts';

interface NotificationDependencies {
  webhooks: Record<string, Webhook>;
  temporalUiUrl?: string | undefined;
  httpTimeoutMs: number;
}

export interface WebhookDelivery {
  /** The name of a webhook in the environment of the worker. */
  webhook: string;
  message: Message;
}

export interface SignalDelivery {
  workflowId: string;
  signal: string;
  message: Message;
}

const longestPauseMs = 60 * 60_000;

/** Deliver messages: at least once, so that their receivers drop those whose id they have seen. */
export function createNotificationActivities({
  webhooks,
  temporalUiUrl,
  httpTimeoutMs,
}: NotificationDependencies) {
  return {
    /** The names of the webhooks that the environment of this worker holds. */
    async knownWebhooks(): Promise<string[]> {
      return Object.keys(webhooks).sort();
    },

    /** Sends a message to a webhook, signed as standardwebhooks.com describes. Retried by Temporal until it is taken. */
    async sendMessage({ webhook: name, message }: WebhookDelivery): Promise<void> {
      const webhook = Object.hasOwn(webhooks, name) ? webhooks[name] : undefined;
      if (!webhook) throw undelivered(`The environment of this worker has no webhook "${name}"`);
      const body = JSON.stringify(withLink(message, temporalUiUrl));
      let status: number;
      try {
        const response = await ky.post(webhook.url, {
          body,
          headers: {
            'content-type': 'application/json',
            ...signatureOf(webhook.key, message.id, Math.floor(Date.now() / 1000), body),
          },
          signal: cancellationSignal(),
          // What was signed for one address is not for another.
          redirect: 'manual',
          retry: 0,
          timeout: httpTimeoutMs,
          throwHttpErrors: false,
        });
        ({ status } = response);
        await response.body?.cancel();
      } catch (error) {
        // Only the code: the texts of such errors hold the address, which is a secret.
        throw undelivered(`The webhook "${name}" cannot be reached: ${codeOf(error)}`);
      }
      if (status < 200 || status > 299) throw undelivered(`The webhook "${name}" answered ${status}`);
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
