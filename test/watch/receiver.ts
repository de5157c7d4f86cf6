import { Hono } from 'hono';
import { Webhook } from 'standardwebhooks';
import type { FlowMessage } from '../../src/runs/notification.ts';
import { serveApp } from './adobe.ts';

export interface Delivered {
  message: FlowMessage;
  headers: Headers;
  body: string;
  /** Whether the library of Standard Webhooks takes it for signed with our key, just now. */
  signed: boolean;
}

/** Somebody's webhook. It can be told to refuse. */
export async function startReceiver(key: string) {
  const deliveries: Delivered[] = [];
  const state = { status: 200 };
  const app = new Hono();
  app.post('/secret-path', async (c) => {
    const body = await c.req.text();
    const { headers } = c.req.raw;
    deliveries.push({
      message: JSON.parse(body) as FlowMessage,
      headers,
      body,
      signed: isSigned(headers, body, key),
    });
    return state.status === 302 ? c.redirect('/elsewhere') : c.text('', state.status as 200);
  });
  const { url, close } = await serveApp(app);
  return {
    url: `${url}/secret-path?token=secret-token`,
    state,
    deliveries,
    /** The messages about one flow, without those that came twice. */
    about: (flowId: string): FlowMessage[] => [
      ...new Map(
        deliveries
          .filter(({ message }) => message.flowId === flowId)
          .map(({ message }) => [message.id, message]),
      ).values(),
    ],
    close,
  };
}

function isSigned(headers: Headers, body: string, key: string): boolean {
  try {
    // It asks for a time of the last minutes too.
    new Webhook(key).verify(body, Object.fromEntries(headers));
    return true;
  } catch {
    return false;
  }
}
