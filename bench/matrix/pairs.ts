import type { Generation } from '../../test/simulation/scenario.ts';
import type { WorkflowCode } from '../../test/simulation/simulated-worker.ts';
import { creates, faults, type Fault } from './cells.ts';
import { playCell } from './play-cell.ts';

/**
 * The creates that meet two faults in a row: what is sent to the same place next is the same create again. Where there are
 * two schemas that would be the other one, so that the schema is the only one there is.
 */
const repeated = creates
  .filter(({ name }) => name !== 'second schema')
  .map((create) => ({
    ...create,
    generation: (create.shelf === 'schemas' ? 'newer' : 'older') satisfies Generation as Generation,
  }));

/** Lists lag as long as they may. Milliseconds. */
const listLagMs = 10_000;

/** One fault and then another: how long the longest of its lives took, and what went wrong. */
export interface PairRow {
  fault: string;
  point: string;
  cells: { second: string; at: string; lives: number; seconds: number; violations: string[] }[];
}

/** Plays every create with `first`, and with each other fault when it is sent again. */
export async function pairRowOf(first: Fault, code: WorkflowCode): Promise<PairRow> {
  const cells: PairRow['cells'] = [];
  for (const second of faults) {
    const cell = { second: second.name, at: second.point, lives: 0, seconds: 0, violations: [] as string[] };
    for (const create of repeated) {
      const { ms, violations } = await playPair(create, [first, second], code);
      cell.lives += 1;
      cell.seconds = Math.max(cell.seconds, Math.round(ms / 1000));
      cell.violations.push(...violations.map((one) => `${create.name}: ${one}`));
    }
    cells.push(cell);
  }
  return { fault: first.name, point: first.point, cells };
}

function playPair({ shelf, nth, generation }: (typeof repeated)[number], pair: Fault[], code: WorkflowCode) {
  const spoiled = pair.map(({ how }, index) => ({
    verb: 'create' as const,
    shelf,
    nth: nth + index,
    how,
  }));
  return playCell({ generation, listLagMs, faults: spoiled }, code);
}

/** Every so-maniest pair, for those who have no hour: what went wrong, by what it is called. */
export async function samplePairs(every: number, code: WorkflowCode): Promise<string[]> {
  const wrong: string[] = [];
  let next = 0;
  for (const create of repeated) {
    for (const first of faults) {
      for (const second of faults) {
        if (next++ % every !== 0) continue;
        const { violations } = await playPair(create, [first, second], code);
        if (violations.length > 0)
          wrong.push(
            `${create.name}: ${first.name} (${first.point}), then ${second.name} (${second.point}): ${violations.join(', ')}`,
          );
      }
    }
  }
  return wrong;
}
