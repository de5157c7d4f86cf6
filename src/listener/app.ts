import { Hono } from 'hono';
import { bodyLimit } from 'hono/body-limit';
import { isObject } from '../runs/raw.ts';
import { readEvents, type RunEvent } from './read-events.ts';
import { KeysUnavailable, type Verify } from './signature.ts';

export interface ListenerOptions {
  /** The client id of the Adobe project that subscribed to the events: a right signature may be on somebody else's. */
  clientId: string;
  verify: Verify;
  /** Tells the watchers of flows that there may be news. Throws where that cannot be done now for one of them. */
  wake: (events: RunEvent[]) => Promise<void>;
  log: (text: string) => void;
}

/** More than any event of Adobe's weighs. */
const largestBody = 256 * 1024;
const longestChallenge = 1_000;
/** Deeper than anything of Adobe's, and shallow enough for every recursion that follows. */
const deepest = 64;

/**
 * Receives push messages of Adobe I/O Events. An event only wakes the watcher of its flow, which reads from AEP what
 * happened: one that is forged, lost, doubled or late does no harm. Adobe sends again what is answered with 429 or 5xx.
 */
export function createListener({ clientId, verify, wake, log }: ListenerOptions): Hono {
  const app = new Hono();

  app.get('/health', (c) => c.text('ok'));

  // How Adobe makes sure, when the address is registered, that somebody is there who wants its events.
  app.get('/', (c) => {
    const challenge = c.req.query('challenge') ?? '';
    if (!challenge) return c.text('This address takes Adobe I/O Events.');
    if (challenge.length > longestChallenge) return c.text('The challenge is too long.', 400);
    return c.text(challenge, 200, { 'x-content-type-options': 'nosniff' });
  });

  app.post('/', bodyLimit({ maxSize: largestBody, onError: (c) => c.text('Too large.', 413) }), async (c) => {
    const body = new Uint8Array(await c.req.arrayBuffer());
    try {
      if (!(await verify(c.req.raw.headers, body))) return c.text('Not signed by Adobe.', 401);
    } catch (error) {
      if (!(error instanceof KeysUnavailable)) throw error;
      log(`An event could not be checked: ${error.message}: ${String(error.cause)}`);
      return c.text('The signature cannot be checked now.', 503);
    }
    const payload = parse(body);
    if (payload === undefined) return c.text('Not JSON.', 400);
    if (isTooDeep(payload)) return c.text('Nested too deeply.', 400);
    if (!isForUs(payload, clientId)) return c.text('For somebody else.', 401);
    const events = readEvents(payload);
    try {
      await wake(events);
    } catch (error) {
      log(`A watcher could not be woken: ${String(error)}`);
      return c.text('The watcher cannot be reached now.', 503);
    }
    return c.text(`${events.length} flow runs`, 200);
  });

  app.notFound((c) => c.text('Not here.', 404));
  app.onError((error, c) => {
    log(`An event could not be taken: ${error.message}`);
    return c.text('Cannot take this now.', 503);
  });
  return app;
}

function parse(body: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder().decode(body)) as unknown;
  } catch {
    return undefined;
  }
}

function isTooDeep(payload: unknown): boolean {
  let level = [payload];
  for (let depth = 0; depth <= deepest && level.length > 0; depth++)
    level = level.flatMap((one) => (typeof one === 'object' && one !== null ? Object.values(one) : []));
  return level.length > 0;
}

/**
 * Adobe's libraries refuse a body whose `recipient_client_id` is another's. Guess: bodies that are lists, of which no
 * document shows where they have it, may have it in each item, or not at all.
 */
function isForUs(payload: unknown, clientId: string): boolean {
  if (Array.isArray(payload)) return payload.every((one) => isForUs(one, clientId));
  if (!isObject(payload)) return true;
  const recipient = payload['recipient_client_id'];
  return recipient === undefined ? 'messages' in payload : recipient === clientId;
}
