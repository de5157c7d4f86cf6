/** Adobe's identity service: the OAuth server-to-server token, v3 (form) and v2 (query). */
import { Hono } from 'hono';
import type { Env } from './gateway.ts';
import type { World } from './world.ts';

export function ims(world: World): Hono<Env> {
  const app = new Hono<Env>({ strict: false });

  app.post('/ims/token/:version{v[23]}', async (c) => {
    const form = new URLSearchParams(await c.req.text());
    const field = (name: string): string | undefined => form.get(name) ?? c.req.query(name);
    const refuse = (error: string, description: string) =>
      c.json({ error, error_description: description }, 400);

    if (field('grant_type') !== 'client_credentials') {
      return refuse('unsupported_grant_type', `unsupported grant_type: ${field('grant_type') ?? 'null'}`);
    }
    const clientId = field('client_id');
    const known = world.settings.clientIds;
    if (clientId === undefined || clientId === '')
      return refuse('invalid_client', 'missing client_id parameter');
    if (known.length > 0 && !known.includes(clientId))
      return refuse('invalid_client', 'invalid client_id parameter');
    const secret = field('client_secret');
    if (secret === undefined || secret === '')
      return refuse('invalid_client', 'missing client_secret parameter');
    if (world.settings.clientSecret !== '' && secret !== world.settings.clientSecret) {
      return refuse('invalid_client', 'invalid client_secret parameter');
    }
    // Guess: v3 insists on a scope and never looks into it here, since no list of scopes is documented.
    if ((field('scope') ?? '') === '') return refuse('invalid_scope', 'Invalid scope: missing');

    const { tokenSeconds } = world.settings;
    return c.json({
      access_token: world.tokens.issue(clientId, tokenSeconds),
      token_type: 'bearer',
      expires_in: tokenSeconds,
    });
  });

  return app;
}
