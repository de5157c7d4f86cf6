import type { CallFault } from '../../test/simulation/faults.ts';
import { play, type Played } from '../../test/simulation/play.ts';
import type { Generation } from '../../test/simulation/scenario.ts';
import type { WorkflowCode } from '../../test/simulation/simulated-worker.ts';

/** What is spoiled in one life, and in which. */
export interface Cell {
  generation: Generation;
  /** Milliseconds. */
  listLagMs: number;
  faults: CallFault[];
}

/** The default bounds, which are what AEP keeps to. Milliseconds. */
const bounds = { httpTimeoutMs: 8_000, lateCommitMs: 10_000, listLagMs: 10_000 };

/** One life with nothing in it but these faults. */
export function playCell({ generation, listLagMs, faults }: Cell, code: WorkflowCode): Promise<Played> {
  return play(
    {
      seed: 1,
      generation,
      name: 'orders',
      foreign: true,
      workers: 2,
      aep: {
        ...bounds,
        listLagMs,
        flickering: false,
        mappingSetNames: 'kept',
        titleTakenNamesIt: true,
        latencyMs: 300,
      },
      temporal: { latencyMs: 4, visibilityLagMs: 100, visible: true },
      faults,
      incidents: [],
      acts: [],
    },
    code,
    bounds,
  );
}
