/** Where AEP's emulator takes the create of each kind. Both schemas, the ad-hoc one and the target, come by the same path. */
export const createPaths = {
  adHocClass: '/schemaregistry/tenant/classes',
  schema: '/schemaregistry/tenant/schemas',
  sourceConnection: '/flowservice/sourceConnections',
  dataset: '/catalog/dataSets',
  datasetBaseConnection: '/flowservice/connections',
  targetConnection: '/flowservice/targetConnections',
  mappingSet: '/conversion/mappingSets',
  flow: '/flowservice/flows',
} as const;
