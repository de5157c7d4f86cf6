import { asyncProperty, check, sample } from 'fast-check';
import { play, type Played } from './play.ts';
import { scenarios, type Scenario } from './scenario.ts';
import type { WorkflowCode } from './simulated-worker.ts';

/** The life that a seed stands for. */
export function scenarioOf(seed: number): Scenario {
  const [scenario] = sample(scenarios, { seed, numRuns: 1 });
  return scenario!;
}

/** Plays the life of one seed. */
export function playSeed(seed: number, code: WorkflowCode): Promise<Played> {
  return play(scenarioOf(seed), code);
}

/** The smallest life that still goes wrong, with the same seed: to be pasted into a test. */
export async function smallest(seed: number, code: WorkflowCode): Promise<string> {
  const property = asyncProperty(scenarios, async (scenario) => {
    const { violations } = await play(scenario, code);
    return violations.length === 0;
  });
  const { counterexample, numShrinks } = await check(property, { seed, numRuns: 1 });
  const found = counterexample?.[0] ?? scenarioOf(seed);
  const { violations } = await play(found, code);
  return `Seed ${seed}, shrunk ${numShrinks} times:\n${violations.join('\n')}\nplay(${JSON.stringify(found)}, code)`;
}
