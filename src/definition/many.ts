import { utf8ToBytes } from '@noble/hashes/utils.js';
import { isObject } from './plain-json.ts';

/** Definitions that one workflow takes, in whatever portions: more than it could tell of in the end. */
export const mostDefinitions = 3_000;

/** What is wrong with giving so many. */
export function tooManyDefinitions(count: number): string | undefined {
  return count > mostDefinitions
    ? `are ${count}: one workflow takes ${mostDefinitions} at most, start several`
    : undefined;
}

/** Bytes of JSON. */
export function bytesOf(value: unknown): number {
  return utf8ToBytes(JSON.stringify(value) ?? '').length;
}

/** By what a definition among many can be named: its name, or `<sandbox>/<name>`. */
export function namesOf(definition: unknown): string[] {
  const { name, sandbox } = isObject(definition) ? definition : {};
  return typeof name === 'string' ? [name, `${String(sandbox)}/${name}`] : [];
}
