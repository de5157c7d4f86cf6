import { createSign, generateKeyPairSync } from 'node:crypto';
import { serve, type ServerType } from '@hono/node-server';
import { Hono } from 'hono';
import type { AddressInfo } from 'node:net';

/** A server of ours at a port of its own. */
export interface Served {
  url: string;
  close(): Promise<void>;
}

export async function serveApp(app: Hono): Promise<Served> {
  const server = await new Promise<ServerType>((resolve) => {
    const started = serve({ fetch: app.fetch, hostname: '127.0.0.1', port: 0 }, () => resolve(started));
  });
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        if ('closeAllConnections' in server) server.closeAllConnections();
      }),
  };
}

/** Adobe I/O Events: the host that keeps its public keys, and what it would send. */
export async function startAdobe(clientId: string) {
  const ours = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const state: { away: number | false; fetched: number; asked: string[] } = {
    away: false,
    fetched: 0,
    asked: [],
  };
  const keys = new Hono();
  keys.get('/prod/keys/:file', (c) => {
    state.fetched += 1;
    state.asked.push(c.req.param('file'));
    if (state.away !== false) return c.text('away', state.away as 503);
    // Begins well, and never ends.
    if (c.req.param('file') === 'slow.pem')
      return c.body(new ReadableStream({ start: (body) => body.enqueue(new TextEncoder().encode('-----')) }));
    if (c.req.param('file') === 'large.pem')
      return c.text(
        `${ours.publicKey.export({ type: 'spki', format: 'pem' }).toString()}${' '.repeat(100_000)}`,
      );
    if (c.req.param('file') !== 'pub-key-one.pem') return c.text('none', 404);
    return c.text(ours.publicKey.export({ type: 'spki', format: 'pem' }).toString());
  });
  const { url, close } = await serveApp(keys);
  const sign = (body: string) => createSign('sha256').update(body).sign(ours.privateKey, 'base64');
  return {
    keysUrl: url,
    state,
    close,
    /** The headers with which Adobe would send this body; its second signature is made with a key that we cannot read. */
    headersFor: (body: string): Record<string, string> => ({
      'content-type': 'application/json',
      'x-adobe-digital-signature-1': sign(body),
      'x-adobe-public-key1-path': '/prod/keys/pub-key-one.pem',
      'x-adobe-digital-signature-2': 'bm90IGEgc2lnbmF0dXJl',
      'x-adobe-public-key2-path': '/prod/keys/pub-key-two.pem',
    }),
    /** As Adobe tells of a run that went well. */
    success: (run: object) => ({
      event_id: crypto.randomUUID(),
      event: {
        ...run,
        metrics: { statusSummary: { status: 'success' }, durationSummary: { startedAtUTC: 1_590_512_053 } },
        header: {
          _adobeio: {
            providerMetadata: 'aep_observability_catalog_events',
            eventCode: 'sources_flow_run_success',
          },
        },
      },
      recipient_client_id: clientId,
    }),
    /** As Adobe tells of a run that failed. */
    failure: (run: object) => [
      {
        messages: [
          {
            msgType: 'x',
            provider: 'FlowService',
            value: { ...run, metrics: { statusSummary: { status: 'failed' } } },
          },
        ],
      },
    ],
  };
}
