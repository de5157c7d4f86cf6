import type { Aep } from '../aep/aep.ts';
import type { Call } from '../aep/http.ts';
import type { Kind } from '../resources/kinds.ts';
import type { JsonObject } from '../resources/resource.ts';

/** The calls that AEP has for one kind of resource, whichever of its services keeps it. */
export interface Service {
  list(call: Call, query: { name: string }): Promise<JsonObject[]>;
  get(call: Call, id: string): Promise<JsonObject | undefined>;
  create(call: Call, body: JsonObject): Promise<{ id: string }>;
  /** Absent where AEP has no DELETE. Answers false where there was nothing to delete. */
  remove?(call: Call, id: string): Promise<boolean>;
}

/** One page; what an earlier run made long ago is read by the id it left. */
const newestMappingSets = 100;

export function servicesOf({ flowService, schemaRegistry, catalog, dataPrep }: Aep): Record<Kind, Service> {
  const titled = (collection: typeof schemaRegistry.schemas): Service => ({
    ...collection,
    list: (call, { name }) => collection.findByTitle(call, name).then((found) => (found ? [found] : [])),
  });
  return {
    adHocClass: titled(schemaRegistry.classes),
    adHocSchema: titled(schemaRegistry.schemas),
    schema: titled(schemaRegistry.schemas),
    sourceConnection: flowService.sourceConnections,
    targetConnection: flowService.targetConnections,
    datasetBaseConnection: flowService.connections,
    flow: flowService.flows,
    dataset: catalog.datasets,
    // Their names end in a nonce, so that no name can be asked for: the newest are listed and known by their mark.
    mappingSet: {
      ...dataPrep.mappingSets,
      list: (call) => dataPrep.mappingSets.newest(call, newestMappingSets),
    },
  };
}
