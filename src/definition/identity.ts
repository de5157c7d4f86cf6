import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex, utf8ToBytes } from '@noble/hashes/utils.js';
import { canonicalJson } from './canonical-json.ts';
import type { Definition } from './definition.ts';

export type Named = Pick<Definition, 'sandbox' | 'name'>;

/** What marks name: `<sandbox>/<name>`. */
export function dataflowId({ sandbox, name }: Named): string {
  return `${sandbox}/${name}`;
}

/** What `dataflowId` was made from: no sandbox has a slash in its name. */
export function namedBy(dataflow: string): Named {
  const slash = dataflow.indexOf('/');
  return { sandbox: dataflow.slice(0, slash), name: dataflow.slice(slash + 1) };
}

/**
 * The id under which a dataflow is created and deleted: it is the lock. It has colons, since Temporal's HTTP API cannot
 * address a workflow whose id has a slash.
 */
export function workflowId({ sandbox, name }: Named): string {
  return `dataflow:${sandbox}:${name}`;
}

/** `<sandbox>/<name>` of what `workflowId` was made from; undefined where that is no dataflow. No sandbox has a colon in its name. */
export function dataflowOf(workflowId: string): string | undefined {
  const [, sandbox, name] = /^dataflow:([^:]*):(.*)/s.exec(workflowId) ?? [];
  return sandbox === undefined || name === undefined ? undefined : dataflowId({ sandbox, name });
}

/** SHA-256, in hex, of what a definition says, whatever the order of its keys. Two that say the same have the same hash. */
export function definitionHash(definition: Definition): string {
  const { fieldGroups, ...schema } = definition.schema ?? {};
  // No field groups are none, in either spelling: over HTTP an empty list does not arrive.
  const said = fieldGroups?.length === 0 ? { ...definition, schema } : definition;
  return bytesToHex(sha256(utf8ToBytes(canonicalJson(said))));
}
