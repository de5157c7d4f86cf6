/** GET /connectionSpecs: what each connector needs to sign in and what it can do. */
import { Hono } from 'hono';
import { connectors, dataLakeSpecId } from '../data/connectors.ts';
import type { Connector } from '../data/connectors.ts';
import { sourcesProviderId } from '../data/flow-specs.ts';
import { flowNotFound } from '../errors.ts';
import type { Env } from '../gateway.ts';
import type { JsonObject } from '../json.ts';
import type { World } from '../world.ts';
import { exploreByQuery } from './explore.ts';
import { listItems } from './listing.ts';

const draft7 = 'http://json-schema.org/draft-07/schema#';
const names = (list: string[]): JsonObject =>
  Object.fromEntries(list.map((name) => [name, { type: 'string' }]));

function permissions(name: string): JsonObject {
  return {
    view: [{ '@type': 'lowLevel', name, permissions: ['read'] }],
    manage: [{ '@type': 'lowLevel', name, permissions: ['write'] }],
  };
}

// Guess beyond id, name, version and the names of auth specs and parameters: the real documents are longer.
function specOf(connector: Connector): JsonObject {
  return {
    id: connector.specId,
    name: connector.name,
    providerId: sourcesProviderId,
    version: '1.0',
    authSpec: connector.auth.map(({ specName, params, optional }) => ({
      name: specName,
      spec: {
        $schema: draft7,
        type: 'object',
        properties: names([...params, ...optional]),
        required: params,
      },
    })),
    sourceSpec: {
      attributes: { isSource: true, formats: connector.formats },
      spec: { $schema: draft7, type: 'object', properties: names(['path', 'tableName']) },
    },
    exploreSpec: { name: 'Resource', type: 'Resource', requestSpec: { $schema: draft7, type: 'object' } },
    attributes: { category: connector.family, isSource: true },
    permissionsInfo: permissions('EnterpriseSource'),
  };
}

const dataLake: JsonObject = {
  id: dataLakeSpecId,
  name: 'datalake',
  providerId: sourcesProviderId,
  version: '1.0',
  targetSpec: {
    spec: { $schema: draft7, type: 'object', properties: names(['dataSetId']), required: ['dataSetId'] },
  },
  attributes: { category: 'target' },
  permissionsInfo: permissions('Dataset'),
};

const specs = [...connectors.map(specOf), dataLake];

export function connectionSpecs(_world: World): Hono<Env> {
  const app = new Hono<Env>({ strict: false });
  const find = (id: string): JsonObject => {
    const spec = specs.find((one) => one.id === id);
    if (spec === undefined) throw flowNotFound('connectionSpecs', id);
    return spec;
  };

  app.get('/', (c) =>
    c.json(listItems(specs, new URL(c.req.url).searchParams, '/connectionSpecs', (spec) => spec)),
  );
  app.get('/:id', (c) => c.json({ items: [find(c.req.param('id'))] }));
  app.get('/:id/explore', (c) =>
    c.json(exploreByQuery(find(c.req.param('id')).id, (name) => c.req.query(name))),
  );
  app.get('/:id/configs', (c) => {
    find(c.req.param('id'));
    // Guess: nothing says what a configuration looks like.
    return c.json({ items: [] });
  });
  return app;
}
