import type { Aep } from '../aep/aep.ts';
import { named, type Collection } from '../aep/collection.ts';
import type { DataPrep } from '../aep/data-prep.ts';
import type { Call } from '../aep/http.ts';
import type { XdmResources } from '../aep/schema-registry.ts';
import { isAdHocSchema } from '../resources/ad-hoc-schema.ts';
import { resources } from '../resources/index.ts';
import { timeOf } from '../resources/json.ts';
import type { Kind } from '../resources/kinds.ts';
import type { JsonObject, Operation } from '../resources/resource.ts';

/** The calls that AEP has for one kind of resource, whichever of its services keeps it. */
export interface Service {
  list(call: Call, query: Query): Promise<JsonObject[]>;
  /** Everything of this kind in the sandbox. */
  all(call: Call): Promise<JsonObject[]>;
  /** @param version of the kind that has more than one. Absent: whichever AEP shows. */
  get(call: Call, id: string, version?: number): Promise<JsonObject | undefined>;
  /** @param draft of a flow: it runs nothing until it is published. */
  create(call: Call, body: JsonObject, draft?: boolean): Promise<{ id: string }>;
  /** Absent where AEP has no PATCH. */
  patch?(call: Call, id: string, operations: readonly Operation[], etag?: string): Promise<void>;
  /** AEP takes its time over a change, and shows when it is done. */
  changesSlowly?: true;
  /** Absent where AEP has no DELETE. Returns false where there was nothing to delete. */
  remove?(call: Call, id: string): Promise<boolean>;
  /** What keeps it in use, for the kinds that must not be deleted under somebody else. Lists may show what is gone. */
  users?: Users;
}

export interface Users {
  kind: Kind;
  of(call: Call, id: string): Promise<JsonObject[]>;
}

/** What to list. */
export interface Query {
  name: string;
  /** The names in full that requests of ours gave, for the kind whose names end in a nonce. */
  namesInFull?: string[];
  /** For the same kind, how far back to page, as epoch milliseconds: nothing sought is older. Absent: one page will do. */
  since?: number | undefined;
}

/** Nobody pages through years of mapping sets: a twin of one that is older still does nothing. Pages. */
const mostPages = 100;

export function servicesOf({ flowService, schemaRegistry, catalog, dataPrep }: Aep): Record<Kind, Service> {
  const titled = (
    collection: XdmResources,
    isOfKind: (one: JsonObject) => boolean = () => true,
  ): Service => ({
    ...collection,
    all: async (call) => (await collection.list(call)).filter(isOfKind),
    list: (call, { name }) => collection.findByTitle(call, name).then((found) => (found ? [found] : [])),
  });
  const plain = (collection: Collection): Service => ({
    ...collection,
    all: (call) => collection.list(call),
  });
  const ofFlowService = (collection: Collection): Service => ({ ...plain(collection), changesSlowly: true });
  return {
    adHocClass: titled(schemaRegistry.classes),
    adHocSchema: titled(schemaRegistry.schemas, isAdHocSchema),
    schema: titled(schemaRegistry.schemas, (one) => !isAdHocSchema(one)),
    sourceConnection: {
      ...ofFlowService(flowService.sourceConnections),
      users: { kind: 'flow', of: (call, id) => flowService.flowsUsing(call, 'sourceConnectionIds', id) },
    },
    targetConnection: {
      ...ofFlowService(flowService.targetConnections),
      users: { kind: 'flow', of: (call, id) => flowService.flowsUsing(call, 'targetConnectionIds', id) },
    },
    datasetBaseConnection: {
      ...ofFlowService(flowService.connections),
      users: targetsUsing(flowService, 'datasetBaseConnection'),
    },
    flow: {
      ...ofFlowService(flowService.flows),
      create: (call, body, draft) =>
        draft ? flowService.createDraft(call, body) : flowService.flows.create(call, body),
    },
    dataset: { ...plain(catalog.datasets), users: targetsUsing(flowService, 'dataset') },
    // Their names end in a nonce, so that only a known one can be asked for. Others are known by their mark among the newest.
    mappingSet: {
      ...dataPrep.mappingSets,
      all: (call) => dataPrep.mappingSets.list(call),
      async list(call, { namesInFull = [], since }) {
        const [byName, newest] = await Promise.all([
          Promise.all(namesInFull.map((name) => dataPrep.mappingSets.list(call, { name }))),
          newestSince(dataPrep, call, since),
        ]);
        return named([...newest, ...byName.flat()] as (JsonObject & { id: string })[], undefined);
      },
    },
  };
}

/** No filter of AEP's is known for what a target connection refers to. */
function targetsUsing({ targetConnections }: Aep['flowService'], kind: Kind): Users {
  const { observe, refersTo } = resources.targetConnection;
  return {
    kind: 'targetConnection',
    async of(call, id) {
      const all = await targetConnections.list(call);
      return all.filter((one) => refersTo(observe(one))[kind] === id);
    },
  };
}

async function newestSince(
  { mappingSets }: DataPrep,
  call: Call,
  since: number | undefined,
): Promise<JsonObject[]> {
  const newest: JsonObject[] = [];
  let pages = 0;
  for await (const page of mappingSets.newest(call)) {
    newest.push(...page);
    const oldest = Math.min(...page.map((one) => timeOf(one['createdDate']) ?? Infinity));
    if (since === undefined || oldest < since || ++pages === mostPages) break;
  }
  return newest;
}
