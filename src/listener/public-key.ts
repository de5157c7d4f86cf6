import { createPublicKey, type KeyObject } from 'node:crypto';

/** For the whole answer, its body included: also a server that begins to answer may never come to an end. Milliseconds. */
const fetchTimeoutMs = 5_000;
/** An RSA key of 16,384 bits takes three thousand. Bytes. */
const largestKey = 16 * 1024;
/** Refusals that say nothing about the key. */
const notNow = [408, 429];

/**
 * Reads a public key in PEM.
 * @returns undefined where there is no such key, or none for RSA.
 * @throws where that cannot be told now.
 */
export async function fetchKey(url: string): Promise<KeyObject | undefined> {
  const ending = new AbortController();
  const timer = setTimeout(() => ending.abort(new Error('takes too long')), fetchTimeoutMs);
  try {
    const { ok, status, body } = await fetch(url, { redirect: 'manual', signal: ending.signal });
    if (status >= 400 && status < 500 && !notNow.includes(status)) return undefined;
    if (!ok) throw new Error(`answered ${status}`);
    const key = createPublicKey(await textOf(body));
    return key.asymmetricKeyType === 'rsa' ? key : undefined;
  } finally {
    clearTimeout(timer);
    // What was not read would hold its connection.
    ending.abort();
  }
}

async function textOf(body: ReadableStream<Uint8Array> | null): Promise<string> {
  const parts: Uint8Array[] = [];
  let bytes = 0;
  for await (const part of body ?? []) {
    bytes += part.length;
    if (bytes > largestKey) throw new Error('is too large for a key');
    parts.push(part);
  }
  return Buffer.concat(parts).toString();
}
