import type { ResourceIds } from '../../src/resources/kinds.ts';

/** An id of each kind, as AEP writes them. */
export const ids: Required<ResourceIds> = {
  adHocClass: 'https://ns.adobe.com/t/classes/1',
  adHocSchema: 'https://ns.adobe.com/t/schemas/2',
  sourceConnection: 'source-3',
  schema: 'https://ns.adobe.com/t/schemas/4',
  dataset: '5e8a55ca53662c18af37a83a',
  datasetBaseConnection: 'base-6',
  targetConnection: 'target-7',
  mappingSet: '37409d3017e24a3eb4a2dc21020f7a5b',
  flow: 'flow-9',
};
export const context = { flowSpec: { id: 'spec', version: '1.0' } };
