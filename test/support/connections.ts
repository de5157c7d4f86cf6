import { orders } from './dataflows.ts';

type Json = Record<string, unknown>;

/** How a MySQL database is signed in to. */
export const mysqlAuth = (password: { secret: string }) => ({
  type: 'Basic Authentication',
  params: { server: 'db.example.com', port: 3306, database: 'shop', username: 'loader', password },
});

/** A dataflow over the base connection `Shop`, which is made for it and others. */
export function ordersFrom(sandbox: string, auth: Json, changes: Json = {}): Json {
  const { baseConnectionId: _, ...source } = orders(sandbox)['source'] as Json;
  const connection = { name: 'Shop', auth };
  return orders(sandbox, { source: { ...source, connector: 'mysql', connection }, ...changes });
}
