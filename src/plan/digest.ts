import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex, utf8ToBytes } from '@noble/hashes/utils.js';
import { canonicalJson } from '../definition/canonical-json.ts';
import type { JsonObject, Observed } from '../resources/resource.ts';
import type { Step } from './plan.ts';

/**
 * What a plan is known by: its steps, what AEP has of the resources that they are about, and what will be asked for of
 * those that are to be made. Not a flow's state, which changes while AEP carries out somebody's change, nor anything that
 * moves when a run ends.
 */
export function digestOf(
  steps: readonly Step[],
  resting: readonly Observed[],
  bodies: readonly JsonObject[],
): string {
  const values = resting.map(({ id, name, description, fields }) => {
    const still = Object.entries(fields).filter(([field]) => field !== 'state');
    return { id, name, description, fields: Object.fromEntries(still) };
  });
  const said = steps.map(({ kind, action, id, changes }) => ({ kind, action, id, changes }));
  return bytesToHex(sha256(utf8ToBytes(canonicalJson({ said, values, bodies }))));
}
