import { serve, type ServerType } from '@hono/node-server';
import { Hono } from 'hono';
import type { Message } from '../src/client.ts';

/** Somebody's webhook, on this machine. */
export interface WebhookReceiver {
  url: string;
  close(): Promise<void>;
}

/** Takes messages, each once: they may be delivered more often. */
export async function receiveMessages(onMessage: (message: Message) => void): Promise<WebhookReceiver> {
  const seen = new Set<string>();
  const app = new Hono();
  app.post('/', async (c) => {
    const message = await c.req.json<Message>();
    if (!seen.has(message.id)) onMessage(message);
    seen.add(message.id);
    return c.body(null, 204);
  });
  const server = await new Promise<ServerType>((resolve) => {
    const started = serve({ fetch: app.fetch, hostname: '127.0.0.1', port: 0 }, () => resolve(started));
  });
  const address = server.address();
  const port = typeof address === 'object' && address ? address.port : 0;
  return {
    url: `http://127.0.0.1:${port}/`,
    close: () => new Promise((resolve) => void server.close(() => resolve())),
  };
}
