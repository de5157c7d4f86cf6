import type { Aep } from '../../src/aep/aep.ts';
import { servicesOf } from '../../src/activities/services.ts';
import type { Kind } from '../../src/resources/kinds.ts';
import type { FlowContext, JsonObject } from '../../src/resources/resource.ts';

/** The calls of the tutorials, as anybody would write them: whatever goes wrong is retried. */
export function createTwinActivities(aep: Aep) {
  const services = servicesOf(aep);
  return {
    async twinFlowSpec(request: { sandbox: string; name: string }): Promise<FlowContext['flowSpec']> {
      const spec = await aep.flowService.findFlowSpec({ sandbox: request.sandbox }, request.name);
      const { id, version = '1.0' } = spec as unknown as { id: string; version?: string };
      return { id, version };
    },
    async twinCreate(request: { sandbox: string; kind: Kind; body: JsonObject }): Promise<string> {
      const { id } = await services[request.kind].create({ sandbox: request.sandbox }, request.body);
      return id;
    },
  };
}

export type TwinActivities = ReturnType<typeof createTwinActivities>;
