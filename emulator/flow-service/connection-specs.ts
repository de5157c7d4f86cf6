/** GET /connectionSpecs: what each connector needs to sign in and what it can do. */
import { Hono } from 'hono';
import { connectionSpecs } from '../data/connection-specs.ts';
import { flowNotFound } from '../errors.ts';
import type { Env } from '../gateway.ts';
import type { JsonObject } from '../json.ts';
import type { World } from '../world.ts';
import { matches, readFilters } from './filters.ts';

export function connectionSpecRoutes(world: World): Hono<Env> {
  const app = new Hono<Env>({ strict: false });
  const all = (): JsonObject[] => [...connectionSpecs, ...world.settings.connectionSpecs];
  const find = (id: string): JsonObject => {
    const spec = all().find((one) => one.id === id);
    if (spec === undefined) throw flowNotFound('connectionSpecs', id);
    return spec;
  };

  // All at once: neither a limit nor a next page is documented or recorded.
  app.get('/', (c) => {
    const filters = readFilters(new URL(c.req.url).searchParams.getAll('property'));
    return c.json({ items: all().filter((spec) => matches(spec, filters)) });
  });
  app.get('/:id', (c) => c.json({ items: [find(c.req.param('id'))] }));
  app.get('/:id/explore', async (c) => {
    const { id } = find(c.req.param('id'));
    const { exploreByQuery } = await import('./explore.ts');
    return c.json(
      await exploreByQuery(world.connectorOf(String(id)), (name) => c.req.query(name), world.rows?.folder),
    );
  });
  app.get('/:id/configs', (c) => {
    find(c.req.param('id'));
    // Guess: nothing says what a configuration looks like.
    return c.json({ items: [] });
  });
  return app;
}
