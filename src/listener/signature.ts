import { createPublicKey, verify, type KeyObject } from 'node:crypto';
import ky from 'ky';

/** Adobe's keys cannot be had just now, so nothing can be said about a signature. */
export class KeysUnavailable extends Error {
  override name = 'KeysUnavailable' as const;
}

/** Whether Adobe sent exactly this. */
export type Verify = (headers: Headers, body: Uint8Array) => Promise<boolean>;

/** Adobe: cache a key for a day at most. Milliseconds. */
const keyAgeMs = 12 * 3_600_000;
/** Adobe has two at a time. More at once are somebody's play with the header. */
const keysToKeep = 8;
/** How long one that proved nothing takes its place, and how long one that is not there is not asked for again. Milliseconds. */
const restMs = 60_000;
const keyPath = /^\/(?:[\w-]+\/)*[\w-]+\.pem$/;
const fetchTimeoutMs = 5_000;
/** Refusals that say nothing about the key. */
const notNow = [408, 429];

interface Cached {
  /** Undefined where there is no such key. */
  key: Promise<KeyObject | undefined>;
  /** How long it is good for. Milliseconds. */
  goodForMs: number;
  /** Epoch milliseconds. */
  fetchedAt: number;
  /** It has verified an event. */
  proven: boolean;
}

/**
 * Adobe signs each body twice (RSA, SHA-256, base64) and names in the headers the public keys, as paths on a host of
 * its own; one right signature is enough. Only that host is ever asked, and never for more than a few keys.
 * @param keysUrl Adobe's host for keys, such as `https://static.adobeioevents.com`
 */
export function createVerify(keysUrl: string): Verify {
  const keys = new Map<string, Cached>();

  function keyAt(path: string): Cached {
    const known = keys.get(path);
    if (known && Date.now() < known.fetchedAt + known.goodForMs) return known;
    keys.delete(path);
    makeRoom();
    const key = fetchKey(keysUrl + path);
    const cached: Cached = { key, goodForMs: keyAgeMs, fetchedAt: Date.now(), proven: false };
    keys.set(path, cached);
    key.then(
      (found) => {
        // Adobe may publish it a moment after its first use.
        if (!found) cached.goodForMs = restMs;
      },
      () => keys.delete(path),
    );
    return cached;
  }

  /** What somebody made up never takes the place of a key that has proved to be Adobe's. */
  function makeRoom(): void {
    if (keys.size < keysToKeep) return;
    const goes = [...keys].find(([, { proven, fetchedAt }]) => !proven && Date.now() > fetchedAt + restMs);
    if (!goes) throw new Error('too many keys were asked for');
    keys.delete(goes[0]);
  }

  return async (headers, body) => {
    let trouble: unknown;
    for (const number of [1, 2]) {
      const signature = headers.get(`x-adobe-digital-signature-${number}`);
      const path = headers.get(`x-adobe-public-key${number}-path`);
      if (!signature || !path || !keyPath.test(path)) continue;
      try {
        const cached = keyAt(path);
        const key = await cached.key;
        if (!key || !verify('sha256', body, key, Buffer.from(signature, 'base64'))) continue;
        cached.proven = true;
        return true;
      } catch (error) {
        trouble = error;
      }
    }
    if (trouble) throw new KeysUnavailable("Adobe's keys cannot be read", { cause: trouble });
    return false;
  };
}

/** Undefined where there is no such key. */
async function fetchKey(url: string): Promise<KeyObject | undefined> {
  const response = await ky(url, {
    timeout: fetchTimeoutMs,
    retry: 0,
    redirect: 'manual',
    throwHttpErrors: false,
  });
  const { status } = response;
  if (status >= 400 && status < 500 && !notNow.includes(status)) return undefined;
  if (!response.ok) throw new Error(`answered ${response.status}`);
  const key = createPublicKey(await response.text());
  return key.asymmetricKeyType === 'rsa' ? key : undefined;
}
