/** The Connectors API, as far as encrypted files need it: key pairs, of which one keeps the public half. */
import { Hono } from 'hono';
import { flowError } from '../errors.ts';
import type { Env } from '../gateway.ts';
import { newHex, newUuid } from '../ids.ts';
import type { Json } from '../json.ts';
import type { World } from '../world.ts';

/** Keys end 180 days after they were made. */
const lifeMs = 180 * 86_400_000;

export function encryptionKeys(world: World): Hono<Env> {
  const app = new Hono<Env>({ strict: false });

  app.post('/encryption/keys', (c) => {
    const { encryptionAlgorithm: algorithm, params } = (c.get('body') ?? {}) as Json;
    if (algorithm !== 'PGP' && algorithm !== 'GPG')
      throw flowError('CONNECTOR-1204-400', 'The provided encryption algorithm is invalid.');
    if (typeof params?.passPhrase !== 'string' || params.passPhrase === '')
      throw flowError('CONNECTOR-1205-400', 'The passphrase is missing in the params section.');
    const publicKeyId = newUuid();
    const expiresAt = world.now() + lifeMs;
    c.get('caller').sandbox.encryptionKeys.set(publicKeyId, expiresAt);
    // Guess: the status; the page shows the body only. The key is nobody's.
    return c.json(
      { publicKey: newHex(64), publicKeyId, expiryTime: String(Math.floor(expiresAt / 1000)) },
      201,
    );
  });

  return app;
}
