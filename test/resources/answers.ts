import type { Kind } from '../../src/resources/kinds.ts';
import type { JsonObject } from '../../src/resources/resource.ts';

/** What AEP would answer for a body: its own fields added, and the schedule's values as the text it was sent in. */
export function answerFor(
  kind: Kind,
  body: JsonObject,
  id: string,
  createdAt = 1_612_310_475_905,
): JsonObject {
  const stored: JsonObject = structuredClone(body);
  switch (kind) {
    case 'adHocClass':
    case 'adHocSchema':
    case 'schema':
      return schemaAnswer(stored, id, createdAt);
    case 'dataset':
      return {
        ...stored,
        id,
        version: '1.0.0',
        created: createdAt,
        updated: createdAt,
        imsOrg: 'x',
        state: 'DRAFT',
      };
    case 'mappingSet':
      return { ...stored, id, version: 0, createdDate: createdAt, modifiedDate: createdAt, createdBy: 'x' };
    default:
      return {
        ...stored,
        id,
        createdAt,
        updatedAt: createdAt,
        state: 'enabled',
        version: '"1"',
        etag: '"1"',
        sandboxName: 'prod',
      };
  }
}

function schemaAnswer(body: JsonObject, id: string, createdAt: number): JsonObject {
  const text = JSON.stringify(body).replaceAll('"_adhoc"', '"_6395cbd58812a6d64c4e5344f7b9120f"');
  const stored: JsonObject = JSON.parse(
    text.replaceAll('"type":"object"', '"type":"object","meta:xdmType":"object"'),
  );
  return {
    ...stored,
    $id: id,
    'meta:altId': '_tenant.x',
    version: '1.0',
    'meta:extends': ['https://ns.adobe.com/xdm/data/record'],
    'meta:registryMetadata': { 'repo:createdDate': createdAt, eTag: 'x' },
  };
}
