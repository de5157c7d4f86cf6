/** GET /flowSpecs: which specs there are, by name or id. */
import { Hono } from 'hono';
import { flowSpecs } from '../data/flow-specs.ts';
import { flowNotFound } from '../errors.ts';
import type { Env } from '../gateway.ts';
import type { JsonObject } from '../json.ts';
import type { World } from '../world.ts';
import { matches, readFilters } from './filters.ts';
import { listItems, searchParams } from './listing.ts';

export function flowSpecRoutes(world: World): Hono<Env> {
  const app = new Hono<Env>({ strict: false });

  app.get('/', (c) => {
    const filters = readFilters(new URL(c.req.url).searchParams.getAll('property'));
    const found = flowSpecs.filter((spec) => matches(spec, filters));
    const only = found[0];
    if (world.settings.flowSpecShape === 'bare' && found.length === 1 && only !== undefined) {
      // The bare shape of the newer page also spells the key without an s.
      const { transformationSpecs, ...rest } = only;
      return c.json({ ...rest, transformationSpec: transformationSpecs });
    }
    return c.json({ items: found });
  });

  app.post('/search', (c) => {
    const params = searchParams(c.get('body'), new URL(c.req.url).searchParams);
    return c.json(listItems(flowSpecs as JsonObject[], params, '/flowSpecs/search', (item) => item));
  });

  app.get('/:id', (c) => {
    const spec = flowSpecs.find(({ id }) => id === c.req.param('id'));
    if (spec === undefined) throw flowNotFound('flowSpecs', c.req.param('id'));
    return c.json({ items: [spec] });
  });

  return app;
}
