/** Flow Service: the parts of it on their paths. */
import { Hono } from 'hono';
import type { Env } from '../gateway.ts';
import type { World } from '../world.ts';
import { connectionSpecRoutes } from './connection-specs.ts';
import { connections } from './connections.ts';
import { endpoints } from './endpoints.ts';
import { flowSpecRoutes } from './flow-specs.ts';
import { flows } from './flows.ts';
import { runs } from './runs.ts';

export function flowService(world: World): Hono<Env> {
  const app = new Hono<Env>({ strict: false });
  app.route('/connectionSpecs', connectionSpecRoutes(world));
  app.route('/flowSpecs', flowSpecRoutes(world));
  app.route('/connections', connections(world));
  app.route('/sourceConnections', endpoints(world, 'sourceConnections'));
  app.route('/targetConnections', endpoints(world, 'targetConnections'));
  app.route('/flows', flows(world));
  app.route('/runs', runs(world));
  return app;
}
