import { verify, type KeyObject } from 'node:crypto';
import { fetchKey } from './public-key.ts';

/** Adobe's keys cannot be had just now, so nothing can be said about a signature. */
export class KeysUnavailable extends Error {
  override name = 'KeysUnavailable' as const;
}

/** Whether Adobe sent exactly this. */
export type Verify = (headers: Headers, body: Uint8Array) => Promise<boolean>;

/** Adobe: cache a key for a day at most. Milliseconds. */
const keyAgeMs = 12 * 3_600_000;
/** How long one that is not there is not asked for again: Adobe may publish it a moment after its first use. Milliseconds. */
const restMs = 60_000;
/** Adobe has two keys at a time. */
const keysToKeep = 8;
const absentToKeep = 100;
const keyPath = /^\/(?:[\w-]+\/)*[\w-]+\.pem$/;
const longestPath = 200;

/**
 * Adobe signs each body twice (RSA, SHA-256, base64) and names in the headers the public keys, as paths on a host of
 * its own; one right signature is enough. Only that host is ever asked, and by one event for no more than two keys. A key
 * is kept once it has proved to be Adobe's, so that no path that somebody makes up can take its place.
 * @param keysUrl Adobe's host for keys, such as `https://static.adobeioevents.com`
 */
export function createVerify(keysUrl: string): Verify {
  const proven = new Recent<KeyObject>(keysToKeep, keyAgeMs);
  const absent = new Recent<true>(absentToKeep, restMs);
  const underWay = new Map<string, Promise<KeyObject | undefined>>();

  /** Asks once for all events that wait for it. */
  function keyAt(path: string): Promise<KeyObject | undefined> {
    let asked = underWay.get(path);
    if (!asked) {
      asked = fetchKey(keysUrl + path).finally(() => underWay.delete(path));
      underWay.set(path, asked);
    }
    return asked;
  }

  async function isSigned(body: Uint8Array, signature: string, path: string): Promise<boolean> {
    if (absent.get(path)) return false;
    const known = proven.get(path);
    const key = known ?? (await keyAt(path));
    if (!key) absent.set(path, true);
    if (!key || !verify('sha256', body, key, Buffer.from(signature, 'base64'))) return false;
    if (!known) proven.set(path, key);
    return true;
  }

  return async (headers, body) => {
    let trouble: unknown;
    for (const number of [1, 2]) {
      const signature = headers.get(`x-adobe-digital-signature-${number}`);
      const path = headers.get(`x-adobe-public-key${number}-path`);
      if (!signature || !path || path.length > longestPath || !keyPath.test(path)) continue;
      try {
        if (await isSigned(body, signature, path)) return true;
      } catch (error) {
        trouble = error;
      }
    }
    if (trouble) throw new KeysUnavailable("Adobe's keys cannot be read", { cause: trouble });
    return false;
  };
}

/** A few values, each for a while. Where there are too many, the oldest goes. */
class Recent<Value> {
  readonly #most: number;
  readonly #forMs: number;
  readonly #held = new Map<string, { value: Value; until: number }>();

  constructor(most: number, forMs: number) {
    this.#most = most;
    this.#forMs = forMs;
  }

  get(key: string): Value | undefined {
    const held = this.#held.get(key);
    return held && Date.now() < held.until ? held.value : undefined;
  }

  set(key: string, value: Value): void {
    this.#held.delete(key);
    this.#held.set(key, { value, until: Date.now() + this.#forMs });
    for (const oldest of this.#held.keys()) {
      if (this.#held.size <= this.#most) return;
      this.#held.delete(oldest);
    }
  }
}
