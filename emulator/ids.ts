import { createHash, randomBytes, randomUUID } from 'node:crypto';

export const newUuid = (): string => randomUUID();

/** An id of n hexadecimal digits: 24 for datasets, 32 for mapping sets, 48 for schemas. */
export const newHex = (digits: number): string => randomBytes(digits / 2).toString('hex');

/** An etag as Flow Service writes it: the double quotes belong to the value. */
export const newEtag = (nowMs: number): string => writeEtag(newHex(8), nowMs);

/** The etag of something that changes by itself: the same text always gives the same one. */
export const etagAt = (text: string, nowMs: number): string => writeEtag(uuidOf(text).slice(0, 8), nowMs);

function writeEtag(hex: string, nowMs: number): string {
  const seconds = Math.floor(nowMs / 1000).toString(16);
  return `"${hex}-0000-0200-0000-${seconds}0000"`;
}

/** The same text always gives the same UUID. */
export function uuidOf(text: string): string {
  const hex = createHash('sha256').update(text).digest('hex');
  return [
    hex.slice(0, 8),
    hex.slice(8, 12),
    `4${hex.slice(13, 16)}`,
    `8${hex.slice(17, 20)}`,
    hex.slice(20, 32),
  ].join('-');
}
