/** How base connections sign in to sources that are not there. */
import type { Connector } from '../data/connectors.ts';
import { flowError } from '../errors.ts';
import { isObject } from '../json.ts';
import type { JsonObject } from '../json.ts';

/** Refuses what AEP refuses of `auth` before anything is tried. */
export function checkAuth(connector: Connector | undefined, auth: unknown): void {
  // Connectors whose sign-in is not documented take anything; the data lake takes none.
  if (connector === undefined || connector.auth.length === 0) return;
  const given = isObject(auth) ? auth : {};
  const spec = connector.auth.find(({ specName }) => specName === given.specName);
  if (spec === undefined) {
    throw flowError(
      '1415-400',
      `The auth spec ${String(given.specName)} was not found for ${connector.name}.`,
    );
  }
  const params = isObject(given.params) ? given.params : {};
  const missing = spec.params.find((name) => params[name] === undefined || params[name] === '');
  if (missing !== undefined)
    throw flowError('CONNECTOR-1304-400', `The mandatory field auth.params.${missing} is missing.`);
}

/** Secrets are never given back, so they are not kept. */
export function masked(auth: JsonObject): JsonObject {
  const params = isObject(auth.params) ? auth.params : {};
  return { ...auth, params: Object.fromEntries(Object.keys(params).map((name) => [name, mask])) };
}

const mask = '****';

/**
 * The credentials that sources refuse, by the ids of the base connections. There is no source here: every credential is
 * right but one that has the word "wrong" in it.
 */
export class WrongCredentials {
  readonly #wrong = new Map<string, { param: string; value: string }>();

  /** Takes what was sent for a base connection; params that were sent before stay as they were. */
  take(id: string, auth: unknown): void {
    const params = isObject(auth) && isObject(auth.params) ? Object.entries(auth.params) : [];
    const known = this.#wrong.get(id);
    if (known && params.every(([name, value]) => name !== known.param || value !== mask))
      this.#wrong.delete(id);
    const wrong = params.find(([, value]) => typeof value === 'string' && /wrong/i.test(value));
    if (wrong) this.#wrong.set(id, { param: wrong[0], value: String(wrong[1]) });
  }

  /** Refuses what needs the source. Guess: Adobe's list has this code for what the source says, and no sample of it. */
  check(id: string): void {
    const wrong = this.#wrong.get(id);
    if (wrong === undefined) return;
    // Some drivers quote what they were given.
    throw flowError(
      'CONNECTOR-1308-400',
      `The source refused the credentials: login failed, with ${wrong.param} "${wrong.value}".`,
    );
  }
}
