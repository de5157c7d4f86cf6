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
const keyPath = /^\/(?:[\w-]+\/)*[\w-]+\.pem$/;
const fetchTimeoutMs = 5_000;

/**
 * Adobe signs each body twice (RSA, SHA-256, base64) and names in the headers the public keys, as paths on a host of
 * its own; one right signature is enough. Only that host is ever asked, and never for more than a few keys.
 * @param keysUrl Adobe's host for keys, such as `https://static.adobeioevents.com`
 */
export function createVerify(keysUrl: string): Verify {
  const keys = new Map<string, { key: Promise<KeyObject | undefined>; until: number }>();

  function keyAt(path: string): Promise<KeyObject | undefined> {
    const known = keys.get(path);
    if (known && Date.now() < known.until) return known.key;
    if (keys.size >= keysToKeep) {
      const [oldest] = [...keys].sort(([, a], [, b]) => a.until - b.until);
      if (oldest && Date.now() < oldest[1].until - keyAgeMs + 60_000) return Promise.resolve(undefined);
      if (oldest) keys.delete(oldest[0]);
    }
    const key = fetchKey(keysUrl + path);
    keys.set(path, { key, until: Date.now() + keyAgeMs });
    key.catch(() => keys.delete(path));
    return key;
  }

  return async (headers, body) => {
    let trouble: unknown;
    for (const number of [1, 2]) {
      const signature = headers.get(`x-adobe-digital-signature-${number}`);
      const path = headers.get(`x-adobe-public-key${number}-path`);
      if (!signature || !path || !keyPath.test(path)) continue;
      try {
        const key = await keyAt(path);
        if (key && verify('sha256', body, key, Buffer.from(signature, 'base64'))) return true;
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
  if (response.status >= 400 && response.status < 500) return undefined;
  if (!response.ok) throw new Error(`answered ${response.status}`);
  const key = createPublicKey(await response.text());
  return key.asymmetricKeyType === 'rsa' ? key : undefined;
}
