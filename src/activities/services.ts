import type { Aep } from '../aep/aep.ts';
import type { Collection } from '../aep/collection.ts';
import type { Call } from '../aep/http.ts';
import type { XdmResources } from '../aep/schema-registry.ts';
import { isAdHocSchema } from '../resources/ad-hoc-schema.ts';
import type { Kind } from '../resources/kinds.ts';
import type { JsonObject } from '../resources/resource.ts';

/** The calls that AEP has for one kind of resource, whichever of its services keeps it. */
export interface Service {
  list(call: Call, query: { name: string }): Promise<JsonObject[]>;
  /** Everything of this kind in the sandbox. */
  all(call: Call): Promise<JsonObject[]>;
  get(call: Call, id: string): Promise<JsonObject | undefined>;
  create(call: Call, body: JsonObject): Promise<{ id: string }>;
  /** Absent where AEP has no DELETE. Answers false where there was nothing to delete. */
  remove?(call: Call, id: string): Promise<boolean>;
}

/** One page; what an earlier run made long ago is read by the id it left. */
const newestMappingSets = 100;

export function servicesOf({ flowService, schemaRegistry, catalog, dataPrep }: Aep): Record<Kind, Service> {
  const titled = (
    collection: XdmResources,
    isOfKind: (one: JsonObject) => boolean = () => true,
  ): Service => ({
    ...collection,
    all: async (call) => (await collection.list(call)).filter(isOfKind),
    list: (call, { name }) => collection.findByTitle(call, name).then((found) => (found ? [found] : [])),
  });
  const named = (collection: Collection): Service => ({
    ...collection,
    all: (call) => collection.list(call),
  });
  return {
    adHocClass: titled(schemaRegistry.classes),
    adHocSchema: titled(schemaRegistry.schemas, isAdHocSchema),
    schema: titled(schemaRegistry.schemas, (one) => !isAdHocSchema(one)),
    sourceConnection: named(flowService.sourceConnections),
    targetConnection: named(flowService.targetConnections),
    datasetBaseConnection: named(flowService.connections),
    flow: named(flowService.flows),
    dataset: named(catalog.datasets),
    // Their names end in a nonce, so that no name can be asked for: the newest are listed and known by their mark.
    mappingSet: {
      ...dataPrep.mappingSets,
      all: (call) => dataPrep.mappingSets.list(call),
      list: (call) => dataPrep.mappingSets.newest(call, newestMappingSets),
    },
  };
}
