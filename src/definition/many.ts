import { utf8ToBytes } from '@noble/hashes/utils.js';
import { isObject } from './plain-json.ts';

/** Bytes of JSON. */
export function bytesOf(value: unknown): number {
  return utf8ToBytes(JSON.stringify(value) ?? '').length;
}

/** By what a definition among many can be named: its name, or `<sandbox>/<name>`. */
export function namesOf(definition: unknown): string[] {
  const { name, sandbox } = isObject(definition) ? definition : {};
  return typeof name === 'string' ? [name, `${String(sandbox)}/${name}`] : [];
}
