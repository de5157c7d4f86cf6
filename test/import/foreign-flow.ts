import { kinds, type Kind, type ResourceIds } from '../../src/resources/kinds.ts';
import type { JsonObject } from '../../src/resources/resource.ts';
import type { Bodies } from '../plan/foreign-flows.ts';
import { administratorOf } from '../support/dataflows.ts';
import type { Rig } from '../support/rig.ts';

/** What every sandbox of the emulator has from the start. */
export const there = {
  schema: 'https://ns.adobe.com/emulator/schemas/52b59140414aa6a370ef5e21155fd7a686744b8739ecc168',
  dataset: '6019e0e7c5dcf718db5ebc71',
};

export type MadeIds = ResourceIds &
  Required<Pick<ResourceIds, 'flow' | 'sourceConnection' | 'targetConnection' | 'mappingSet'>>;

/**
 * Makes in one sandbox what somebody else asks for by these bodies. Its start lies an hour ahead.
 * @param told the ids that the bodies refer to: those of what is made, or is there, stand in their places.
 */
export async function makeForeign(
  rig: Pick<Rig, 'emulator'>,
  sandbox: string,
  bodies: Bodies,
  told: ResourceIds,
): Promise<MadeIds> {
  const { flowService, schemaRegistry, catalog, dataPrep } = administratorOf(rig);
  type Create = (call: { sandbox: string }, body: JsonObject) => Promise<{ id: string }>;
  const creates: Record<Kind, Create> = {
    adHocClass: schemaRegistry.classes.create,
    adHocSchema: schemaRegistry.schemas.create,
    sourceConnection: flowService.sourceConnections.create,
    schema: schemaRegistry.schemas.create,
    dataset: catalog.datasets.create,
    datasetBaseConnection: flowService.connections.create,
    targetConnection: flowService.targetConnections.create,
    mappingSet: dataPrep.mappingSets.create,
    flow: flowService.flows.create,
  };
  const ids: ResourceIds = { ...there };
  for (const kind of kinds) {
    const body = bodies[kind];
    if (!body) continue;
    let text = JSON.stringify(body);
    for (const [of, id] of Object.entries(told))
      if (ids[of as Kind]) text = text.replaceAll(JSON.stringify(id), JSON.stringify(ids[of as Kind]));
    const sent = JSON.parse(text) as JsonObject;
    if (kind === 'flow') {
      const startTime = String(Math.floor(Date.now() / 1000) + 3600);
      sent['scheduleParams'] = { ...(sent['scheduleParams'] as object), startTime };
      sent['sourceConnectionIds'] = [ids.sourceConnection];
      sent['targetConnectionIds'] = [ids.targetConnection];
    }
    ids[kind] = (await creates[kind]({ sandbox }, sent)).id;
  }
  return ids as MadeIds;
}
