import { randomOf } from '../../test/simulation/virtual-clock.ts';

/** A figure, and between what it lies with 95 % confidence. */
export interface Figure {
  value: number;
  low: number;
  high: number;
}

const z = 1.96;

/** Wilson's interval for the share of `hits` among `trials`, as a number per 1,000. */
export function share(hits: number, trials: number): Figure {
  const p = hits / trials;
  const spread = 1 + z ** 2 / trials;
  const middle = (p + z ** 2 / (2 * trials)) / spread;
  const half = (z / spread) * Math.sqrt((p * (1 - p)) / trials + z ** 2 / (4 * trials ** 2));
  return rounded(1_000 * p, 1_000 * Math.max(0, middle - half), 1_000 * Math.min(1, middle + half));
}

/** The mean of the samples times `per`, with a bootstrap interval. The same samples give the same interval. */
export function mean(samples: readonly number[], per = 1): Figure {
  const random = randomOf(1);
  const resampled = Array.from({ length: 1_000 }, () => {
    let sum = 0;
    for (let index = 0; index < samples.length; index++)
      sum += samples[Math.floor(random() * samples.length)]!;
    return sum / samples.length;
  }).sort((a, b) => a - b);
  const middle = samples.reduce((sum, one) => sum + one, 0) / samples.length;
  return rounded(per * middle, per * resampled[24]!, per * resampled[974]!);
}

function rounded(...[value, low, high]: [number, number, number]): Figure {
  const round = (one: number) => Math.round(one * 10) / 10;
  return { value: round(value), low: round(low), high: round(high) };
}
