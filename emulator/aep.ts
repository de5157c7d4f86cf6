/** Adobe Experience Platform itself, without the network before it: every path that AEP has here. */
import { Hono } from 'hono';
import type { ContentfulStatusCode } from 'hono/utils/http-status';
import { dataSets } from './catalog/data-sets.ts';
import { encryptionKeys } from './connectors/encryption-keys.ts';
import { mappingSets } from './data-prep/mapping-sets.ts';
import { plainError, Refusal } from './errors.ts';
import { flowService } from './flow-service/flow-service.ts';
import { gateway } from './gateway.ts';
import type { Env } from './gateway.ts';
import { ims } from './ims.ts';
import { sandboxManagement } from './sandbox-management.ts';
import { schemaRegistry } from './schema-registry/schema-registry.ts';
import type { World } from './world.ts';

export function aep(world: World): Hono<Env> {
  // AEP's pages write some paths with a trailing slash and some without.
  const app = new Hono<Env>({ strict: false });
  const base = '/data/foundation';

  app.route('/', ims(world));
  for (const service of [
    'flowservice',
    'schemaregistry',
    'catalog',
    'conversion',
    'connectors',
    'sandbox-management',
  ] as const) {
    app.use(`${base}/${service}/*`, gateway(service, world));
  }
  app.route(`${base}/flowservice`, flowService(world));
  app.route(`${base}/schemaregistry`, schemaRegistry(world));
  app.route(`${base}/catalog`, dataSets(world));
  app.route(`${base}/conversion`, mappingSets(world));
  app.route(`${base}/connectors`, encryptionKeys(world));
  app.route(`${base}/sandbox-management`, sandboxManagement(world));

  app.notFound((c) => {
    const refusal = plainError(404, `There is no ${c.req.method} ${c.req.path}.`);
    return c.json(refusal.body(c.env.requestId), 404);
  });
  app.onError((error, c) => {
    if (!(error instanceof Refusal)) {
      console.error(`The emulator failed on ${c.req.method} ${c.req.path}:`, error);
      return c.json({ error_code: '500000', message: 'Internal Server Error' }, 500);
    }
    const status = error.status as ContentfulStatusCode;
    return c.json(error.body(c.env.requestId), status, error.headers);
  });
  return app;
}
