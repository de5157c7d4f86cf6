/** The Connectors API, as far as encrypted files need it: key pairs, of which one keeps the public half. */
import { Hono } from 'hono';
import { flowError } from '../errors.ts';
import type { Env } from '../gateway.ts';
import { newHex, newUuid } from '../ids.ts';
import type { Json, JsonObject } from '../json.ts';
import type { Sandbox, World } from '../world.ts';

/** Keys end 180 days after they were made. */
const lifeMs = 180 * 86_400_000;

export type EncryptionKey = { algorithm: string; publicKey: string; expiresAt: number };

/** A new pair. `now` is epoch ms. The key is nobody's. */
export function newKey(algorithm: string, now: number): EncryptionKey {
  return { algorithm, publicKey: newHex(64), expiresAt: now + lifeMs };
}

function find(sandbox: Sandbox, id: string): EncryptionKey {
  const key = sandbox.encryptionKeys.get(id);
  // Guess: which code answers an unknown key is not documented, nor that it is a 404.
  if (key === undefined) throw flowError('CONNECTOR-1311-404', 'The publicKeyId provided is invalid.');
  return key;
}

const expiry = ({ expiresAt }: EncryptionKey): string => String(Math.floor(expiresAt / 1000));

const view = (publicKeyId: string, key: EncryptionKey): JsonObject => ({
  encryptionAlgorithm: key.algorithm,
  publicKeyId,
  publicKey: key.publicKey,
  expiryTime: expiry(key),
});

function checkAlgorithm(algorithm: Json): void {
  if (algorithm !== 'PGP' && algorithm !== 'GPG')
    throw flowError('CONNECTOR-1204-400', 'The provided encryption algorithm is invalid.');
}

export function encryptionKeys(world: World): Hono<Env> {
  const app = new Hono<Env>({ strict: false });

  app.post('/encryption/keys', (c) => {
    const { encryptionAlgorithm: algorithm, params } = (c.get('body') ?? {}) as Json;
    checkAlgorithm(algorithm);
    if (typeof params?.passPhrase !== 'string' || params.passPhrase === '')
      throw flowError('CONNECTOR-1205-400', 'The passphrase is missing in the params section.');
    const publicKeyId = newUuid();
    const key = newKey(algorithm, world.now());
    c.get('caller').sandbox.encryptionKeys.set(publicKeyId, key);
    // Guess: the status; the page shows the body only.
    return c.json({ publicKey: key.publicKey, publicKeyId, expiryTime: expiry(key) }, 201);
  });

  // Guess: a list of them; the page shows one alone, for all.
  app.get('/encryption/keys', (c) =>
    c.json([...c.get('caller').sandbox.encryptionKeys].map(([id, key]) => view(id, key))),
  );

  app.get('/encryption/keys/validate/:id', (c) => {
    const publicKeyId = c.req.param('id');
    const { expiresAt } = find(c.get('caller').sandbox, publicKeyId);
    return c.json({ publicKeyId, status: expiresAt > world.now() ? 'Active' : 'Expired' });
  });

  app.get('/encryption/keys/:id', (c) =>
    c.json(view(c.req.param('id'), find(c.get('caller').sandbox, c.req.param('id')))),
  );

  app.delete('/encryption/keys/:id', (c) => {
    const { sandbox } = c.get('caller');
    find(sandbox, c.req.param('id'));
    sandbox.encryptionKeys.delete(c.req.param('id'));
    return c.body(null, 204);
  });

  app.post('/encryption/customer-keys', (c) => {
    const { encryptionAlgorithm: algorithm, publicKey } = (c.get('body') ?? {}) as Json;
    checkAlgorithm(algorithm);
    // Guess: the code; the page says only that the key is wanted in base64.
    if (typeof publicKey !== 'string' || publicKey === '')
      throw flowError('CONNECTOR-1205-400', 'The publicKey is missing.');
    const publicKeyId = newUuid();
    c.get('caller').sandbox.customerKeys.add(publicKeyId);
    return c.json({ publicKeyId });
  });

  return app;
}
