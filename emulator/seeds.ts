/** What is there at the start: what the tutorials take for granted, and one base connection per connector. */
import { made } from './catalog/data-sets.ts';
import { newKey } from './connectors/encryption-keys.ts';
import { connectorOf } from './data/connection-specs.ts';
import { connectors, dataLakeSpecId } from './data/connectors.ts';
import { newEtag, uuidOf } from './ids.ts';
import type { JsonObject } from './json.ts';
import { compose } from './schema-registry/compose.ts';
import { anyOrg, stamps, tenant } from './world.ts';
import type { Caller, Sandbox, World } from './world.ts';

/** Base connections of the tutorials, by the name of their connector. */
const tutorialConnections: Record<string, string> = {
  'Google BigQuery': '6990abad-977d-41b9-a85d-17ea8cf1c0e4',
  'Generic OData': 'a5c6b647-e784-4b58-86b6-47e784ab580b',
  ServiceNow: '60a5c8b9-3c30-43ba-a5c8-b93c3093ba66',
  'Salesforce Service Cloud': 'f1da3694-38a9-403d-9a36-9438a9203d42',
};
/** The key of the page on encrypted files. */
const encryptionKeyId = '512e686e-543e-4354-bcba-e1403ddcc532';
const dataSetBaseConnectionId = 'd6c3988d-14ef-4000-8398-8d14ef000021';
const databasesSchemaHash = '52b59140414aa6a370ef5e21155fd7a686744b8739ecc168';
const databasesDataSetId = '6019e0e7c5dcf718db5ebc71';

function addConnection(caller: Caller, now: number, id: string, fields: JsonObject): void {
  const etag = newEtag(now);
  const item = { id, ...stamps(caller, now), ...fields, state: 'enabled', version: etag, etag };
  caller.sandbox.connections.put(id, item, true);
}

export function seed(sandbox: Sandbox, world: World): void {
  const now = world.now();
  const caller: Caller = { sandbox, client: 'emulator', org: anyOrg, requestId: '' };

  const { baseConnectionIds, sandboxes } = world.settings;
  const isFirst = sandbox.name === sandboxes[0] || baseConnectionIds === 'shared';
  const idOf = (tutorial: string | undefined, specId: string): string =>
    isFirst
      ? (tutorial ?? uuidOf(`base connection ${specId}`))
      : uuidOf(`base connection ${specId} in ${sandbox.name}`);
  for (const { specId, name, auth } of [...connectors, ...world.settings.connectionSpecs.map(connectorOf)]) {
    const id = idOf(tutorialConnections[name], specId);
    const [first] = auth;
    const params = Object.fromEntries((first?.params ?? []).map((param) => [param, '****']));
    addConnection(caller, now, id, {
      name: `${name} base connection`,
      description: `Base connection of ${name}, there from the start`,
      ...(first === undefined ? {} : { auth: { specName: first.specName, params } }),
      connectionSpec: { id: specId, version: '1.0' },
    });
  }
  addConnection(caller, now, idOf(dataSetBaseConnectionId, dataLakeSpecId), {
    name: 'Dataset Base Connection',
    description: 'Dataset Base Connection',
    connectionSpec: { id: dataLakeSpecId, version: '1.0' },
  });

  sandbox.encryptionKeys.set(encryptionKeyId, newKey('PGP', now));

  const $id = `https://ns.adobe.com/${tenant}/schemas/${databasesSchemaHash}`;
  const context = 'https://ns.adobe.com/xdm/context/';
  const schema = compose(
    caller,
    'schemas',
    {
      title: 'Database target schema',
      description: 'Target schema of the databases tutorial, there from the start',
      type: 'object',
      allOf: [
        { $ref: `${context}profile` },
        { $ref: `${context}profile-person-details` },
        { $ref: `${context}profile-personal-details` },
      ],
    },
    now,
    { $id, version: '0.0' },
  );
  sandbox.schemas.put($id, { ...schema, version: '1.0' }, true);

  const dataSet = made(
    caller,
    databasesDataSetId,
    {
      name: 'Database target dataset',
      description: 'Target dataset of the databases tutorial, there from the start',
      schemaRef: { id: $id, contentType: 'application/vnd.adobe.xed-full+json;version=1' },
    },
    now,
  );
  sandbox.dataSets.put(databasesDataSetId, { id: databasesDataSetId, ...dataSet }, true);
}
