import { utf8ToBytes } from '@noble/hashes/utils.js';
import { hasEnvironments } from './environments.ts';
import { isObject, isTooDeep } from './plain-json.ts';

/** Definitions that one workflow takes, in whatever portions: more than it could tell of in the end. */
export const mostDefinitions = 3_000;

/** What is wrong with giving so many. */
export function tooManyDefinitions(count: number): string | undefined {
  return count > mostDefinitions
    ? `are ${count}: one workflow takes ${mostDefinitions} at most, start several`
    : undefined;
}

/** Bytes of definitions as JSON. One that is nested too deeply counts as nothing: it is told for itself, and kept nowhere. */
export function bytesOfAll(definitions: readonly unknown[]): number {
  return bytesOf(definitions.filter((one) => !isTooDeep(one)));
}

/** Bytes of JSON. */
export function bytesOf(value: unknown): number {
  return utf8ToBytes(JSON.stringify(value) ?? '').length;
}

/** What a definition is called, as far as it says so: unchecked, and with environments beside it by the one that is chosen. */
export function saidNames(definition: unknown): { name?: unknown; sandbox?: unknown } {
  if (!isObject(definition)) return {};
  if (!hasEnvironments(definition)) return definition;
  const { definition: common, environments, environment } = definition;
  const isChosen =
    isObject(environments) && typeof environment === 'string' && Object.hasOwn(environments, environment);
  const chosen = isChosen ? environments[environment] : undefined;
  return {
    name: isObject(common) ? common['name'] : undefined,
    sandbox: isObject(chosen) ? chosen['sandbox'] : undefined,
  };
}

/** By what a definition among many can be named: its name, or `<sandbox>/<name>`. */
export function namesOf(definition: unknown): string[] {
  const { name, sandbox } = saidNames(definition);
  return typeof name === 'string' ? [name, `${String(sandbox)}/${name}`] : [];
}
