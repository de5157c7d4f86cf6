import type { Aep } from '../../src/aep/aep.ts';

const id = 'b7f8a2c0-9d6e-4f3b-8a51-0c2d4e6f8a90';

/** The activities of the workflow that has only the shape of ours. */
export function createShapeActivities(aep: Aep) {
  return {
    async empty(): Promise<string> {
      return id;
    },
    /** The smallest call there is: a list that finds nothing. */
    async callAep(): Promise<string> {
      await aep.flowService.flows.list({ sandbox: 'prod' }, { name: 'no such flow' });
      return id;
    },
  };
}

export type ShapeActivities = ReturnType<typeof createShapeActivities>;
