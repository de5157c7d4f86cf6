import { createHmac } from 'node:crypto';
import { Hono } from 'hono';
import type { FlowMessage } from '../../src/runs/message.ts';
import { serveApp } from './adobe.ts';

export interface Delivered {
  message: FlowMessage;
  headers: Headers;
  body: string;
  /** Whether it was signed with our key, as standardwebhooks.com says, within the last minute. */
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
  const id = headers.get('webhook-id');
  const time = Number(headers.get('webhook-timestamp'));
  const expected = createHmac('sha256', key).update(`${id}.${time}.${body}`).digest('base64');
  return headers.get('webhook-signature') === `v1,${expected}` && Math.abs(Date.now() / 1000 - time) < 60;
}
