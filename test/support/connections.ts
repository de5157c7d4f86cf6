import { orders, requestsIn } from './dataflows.ts';
import type { Rig } from './rig.ts';

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

/** The base connections called `Shop` that AEP has. */
export function shops({ emulator }: Pick<Rig, 'emulator'>, sandbox: string): Json[] {
  return emulator.control.resources('connections', sandbox).filter(({ name }) => name === 'Shop');
}

/** What workers asked of AEP that changes something. */
export function changesIn(rig: Pick<Rig, 'emulator'>, sandbox: string): string[] {
  return requestsIn(rig, sandbox)
    .filter(({ method, path }) => method !== 'GET' && !path.endsWith('/validate'))
    .map(({ method, path }) => `${method} ${path.replace(/[0-9a-f-]{36}/, '{id}')}`);
}
