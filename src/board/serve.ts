import { randomBytes } from 'node:crypto';
import { serve } from '@hono/node-server';
import type { AepDataflows } from '../client.ts';
import { createBoard } from './app.ts';
import { Facts } from './facts.ts';

export interface ServeOptions {
  /** 0 takes one that is free. */
  port: number;
  allowsActions: boolean;
}

export interface Board {
  /** With the token without which nobody sees anything. */
  url: string;
  close(): Promise<void>;
}

/** Serves the board on this machine alone. @throws where the port is taken */
export async function serveBoard(
  client: AepDataflows,
  { port, allowsActions }: ServeOptions,
): Promise<Board> {
  const token = randomBytes(16).toString('hex');
  const facts = new Facts(client);
  let listening = port;
  const { fetch } = createBoard({ client, token, port: () => listening, allowsActions, facts });
  const server = serve({ fetch, hostname: '127.0.0.1', port });
  await new Promise<void>((resolve, reject) => {
    server.once('listening', resolve);
    server.once('error', reject);
  });
  const address = server.address();
  if (typeof address === 'object' && address) listening = address.port;
  // Whoever opens the address finds it done; where it fails, the page says why.
  await facts.rows().catch(() => undefined);
  return {
    url: `http://127.0.0.1:${listening}/?token=${token}`,
    async close() {
      const closed = new Promise((resolve) => server.close(resolve));
      // Events go on for as long as somebody looks.
      if ('closeAllConnections' in server) server.closeAllConnections();
      await closed;
    },
  };
}
