/** The Sandbox API, as far as it lists the sandboxes. */
import { Hono } from 'hono';
import type { Env } from './gateway.ts';
import type { JsonObject } from './json.ts';
import type { Sandbox, World } from './world.ts';

const madeOn = '2019-09-07T10:16:02.000Z';

/** What users see. Guess: `prod` is the production sandbox that every organisation begins with, the others are for development. */
function seen({ name }: Sandbox): JsonObject {
  const isDefault = name === 'prod';
  return {
    name,
    title: name,
    state: 'active',
    type: isDefault ? 'production' : 'development',
    region: 'VA7',
    isDefault,
    etag: 1,
    createdDate: madeOn,
    lastModifiedDate: madeOn,
    createdBy: 'emulator',
    modifiedBy: 'emulator',
  };
}

export function sandboxManagement(world: World): Hono<Env> {
  const app = new Hono<Env>({ strict: false });
  const all = (view: (sandbox: Sandbox) => JsonObject): JsonObject => {
    const sandboxes = [...world.sandboxes.values()].map(view);
    return { sandboxes, _page: { limit: sandboxes.length, count: sandboxes.length }, _links: {} };
  };

  // For every user: what this one may use.
  app.get('/', (c) => c.json(all(seen)));
  // For administrators: what the organisation has.
  app.get('/sandboxes', (c) => c.json(all((sandbox) => ({ id: sandbox.id, ...seen(sandbox) }))));

  return app;
}
