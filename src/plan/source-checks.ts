import { askedOfSpec, type Judged } from '../definition/connection-spec.ts';
import type { Definition } from '../definition/definition.ts';
import { sourceFacts } from '../definition/source-facts.ts';
import type { SourceReads } from './reads.ts';

/**
 * What AEP knows of a source beside its base connection and its flow spec. Each thing is read only for a definition that has to
 * do with it: the connection spec of a connector without a name here, the key of encrypted files, the descriptors of a schema
 * that is to take changes.
 * @param schemaId of the schema that is given; undefined where AEP has none.
 */
export function checkSource(
  definition: Definition,
  reads: SourceReads,
  schemaId: () => Promise<string | undefined>,
): Judged | Promise<Judged> {
  const { source } = definition;
  const asks = !sourceFacts(source).connector || source.encryption || source.cdcEnabled;
  return asks ? readAll(definition, reads, schemaId) : { problems: [], warnings: [] };
}

async function readAll(
  definition: Definition,
  reads: SourceReads,
  schemaId: () => Promise<string | undefined>,
): Promise<Judged> {
  const all = await Promise.all([
    checkConnectionSpec(definition, reads),
    checkKey(definition, reads),
    checkDescriptors(definition, reads, schemaId),
  ]);
  return {
    problems: all.flatMap((one) => one?.problems ?? []),
    warnings: all.flatMap((one) => one?.warnings ?? []),
  };
}

type Checked = Promise<Partial<Judged> | undefined>;

async function checkConnectionSpec({ sandbox, source }: Definition, reads: SourceReads): Checked {
  const { connector, connectionSpec } = sourceFacts(source);
  if (connector) return undefined;
  const { id } = connectionSpec;
  const judged = await reads.connectionSpec(id, askedOfSpec(source));
  if (judged) return judged;
  const message = `${id} is not there: give the id of a connection spec that AEP lists in the sandbox ${sandbox}`;
  return { problems: [{ field: 'source.connectionSpec.id', message }] };
}

const dayMs = 86_400_000;
/** So long before its end a key is told of: to make another one is work for several people. */
const nearMs = 30 * dayMs;

async function checkKey({ sandbox, source: { encryption } }: Definition, reads: SourceReads): Checked {
  if (!encryption) return undefined;
  const { publicKeyId } = encryption;
  const key = await reads.encryptionKey(publicKeyId);
  const field = 'source.encryption.publicKeyId';
  const instead = 'make another key pair in AEP, have the files encrypted with it, and give its id';
  if (!key) {
    const message = `${publicKeyId} is no key of AEP's in the sandbox ${sandbox}: ${instead}`;
    return { problems: [{ field, message }] };
  }
  const { endsAt, leftMs } = key;
  if (endsAt === undefined || leftMs === undefined || leftMs > nearMs) return undefined;
  const day = new Date(endsAt).toISOString().slice(0, 10);
  if (leftMs <= 0) return { problems: [{ field, message: `${publicKeyId} ended on ${day}: ${instead}` }] };
  const days = Math.ceil(leftMs / dayMs);
  const message = `The key ${publicKeyId} ends on ${day}, in ${days === 1 ? 'a day' : `${days} days`}, and no run decrypts anything after that: ${instead}`;
  return { warnings: [{ code: 'key-ends', field, message }] };
}

async function checkDescriptors(
  { source, schema }: Definition,
  reads: SourceReads,
  schemaId: () => Promise<string | undefined>,
): Checked {
  if (!source.cdcEnabled) return undefined;
  const id = await schemaId();
  const found = id === undefined ? null : await reads.descriptors(id);
  // That it is not there is told of what names it.
  if (!found) return undefined;
  const needed = ['PrimaryKey', 'Version', ...(found.isTimeSeries ? ['Timestamp'] : [])];
  const missing = needed.filter((one) => !found.types.includes(`xdm:descriptor${one}`));
  if (missing.length === 0) return undefined;
  const field = schema?.id === undefined ? 'dataset.id' : 'schema.id';
  const names = missing.map((one) => `xdm:descriptor${one}`).join(' and ');
  const message = `must lead to a relational schema: with source.cdcEnabled AEP applies changes by its descriptors, and ${id} has no ${names}`;
  return { problems: [{ field, message }] };
}
