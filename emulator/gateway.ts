/** What stands before every service: Adobe's API gateway, and each service's own checks of organisation and sandbox. */
import { createMiddleware } from 'hono/factory';
import type { Context } from 'hono';
import { flowError, gatewayError, plainError, xdmError } from './errors.ts';
import { settle } from './flow-service/operations.ts';
import { parseJson } from './json.ts';
import type { Caller, Sandbox, World } from './world.ts';

export type Env = { Variables: { caller: Caller; body: unknown }; Bindings: { requestId: string } };

export type Service =
  | 'flowservice'
  | 'schemaregistry'
  | 'catalog'
  | 'conversion'
  | 'connectors'
  | 'sandbox-management';

type Headers = (name: string) => string | undefined;

function checkToken(world: World, header: Headers): void {
  const authorization = header('authorization');
  // Some pages answer 401 here; the list of gateway codes says 403.
  if (authorization === undefined) throw gatewayError('403010', 'Oauth token is missing.');
  const token = /^Bearer\s+(\S+)$/i.exec(authorization)?.[1];
  const clientId = token === undefined ? undefined : world.tokens.clientOf(token);
  if (clientId === undefined) throw gatewayError('401013', 'Oauth token is not valid');
  const apiKey = header('x-api-key');
  if (apiKey === undefined || apiKey === '') throw gatewayError('403000', 'Api Key is required');
  const known = world.settings.clientIds;
  // Guess: a key that is known but not the token's own is refused like an unknown one.
  if ((known.length > 0 && !known.includes(apiKey)) || apiKey !== clientId) {
    throw gatewayError('403003', 'Api Key is invalid');
  }
}

function checkOrg(service: Service, world: World, org: string | undefined): string {
  const isFlow = service === 'flowservice';
  if (org === undefined) {
    throw isFlow
      ? flowError('2001-401', 'The x-gw-ims-org-id header is missing.')
      : gatewayError('400003', 'Missing header');
  }
  if (org === '') {
    throw isFlow
      ? flowError('2002-401', 'The x-gw-ims-org-id header is empty.')
      : gatewayError('400003', 'Missing header');
  }
  const known = world.settings.orgIds;
  if (known.length > 0 && !known.includes(org)) {
    throw isFlow
      ? flowError('2000-401', `The organization ${org} is not allowed.`)
      : gatewayError('403025', 'Profile is not valid');
  }
  return org;
}

function findSandbox(service: Service, world: World, name: string | undefined): Sandbox {
  // Flow Service refuses a request without a sandbox; elsewhere the documents say that it means prod.
  if (name === undefined && service === 'flowservice') {
    throw flowError('2105-400', 'The x-sandbox-name header is missing.');
  }
  // The list of sandboxes is asked for by those who do not know one yet, whatever they say.
  const wanted = service === 'sandbox-management' ? world.settings.sandboxes[0]! : (name ?? 'prod');
  const sandbox = world.sandboxes.get(wanted);
  if (sandbox !== undefined) return sandbox;
  const detail = `The sandbox ${wanted} does not exist.`;
  if (service === 'flowservice') throw flowError('2100-404', detail);
  // Guess: what the other services answer is not documented.
  if (service === 'schemaregistry') throw xdmError('XDM-1012-404', 'Resource Not Found', detail);
  throw plainError(404, detail);
}

async function readBody(c: Context<Env>): Promise<unknown> {
  if (c.req.method === 'GET' || c.req.method === 'DELETE') return undefined;
  const text = await c.req.text();
  if (text === '') return undefined;
  const type = c.req.header('content-type') ?? '';
  if (!/\bjson\b|\+json/.test(type)) throw plainError(400, 'A valid content-type must be specified');
  try {
    return parseJson(text);
  } catch {
    throw plainError(400, 'The request body is not valid JSON.');
  }
}

/** Lets a request through to a service when that service would. */
export function gateway(service: Service, world: World) {
  return createMiddleware<Env>(async (c, next) => {
    const header: Headers = (name) => c.req.header(name);
    checkToken(world, header);
    const org = checkOrg(service, world, header('x-gw-ims-org-id'));
    const sandbox = findSandbox(service, world, header('x-sandbox-name'));
    const body = await readBody(c);
    settle(sandbox, world.now());
    c.set('caller', { sandbox, org, client: header('x-api-key') ?? '', requestId: c.env.requestId });
    c.set('body', body);
    await next();
  });
}
