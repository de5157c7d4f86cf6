/** What is told of a set of measurements. `low` and `high` are the quartiles. */
export interface Spread {
  n: number;
  median: number;
  low: number;
  high: number;
  min: number;
  max: number;
}

export function spreadOf(values: number[], digits = 1): Spread {
  const at = (share: number) => Number(quantile(values, share).toFixed(digits));
  return { n: values.length, median: at(0.5), low: at(0.25), high: at(0.75), min: at(0), max: at(1) };
}

/** The value below which `share` of the values lie. */
export function quantile(values: number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  const index = share * (sorted.length - 1);
  const below = sorted[Math.floor(index)] ?? NaN;
  const above = sorted[Math.ceil(index)] ?? NaN;
  return below + (above - below) * (index - Math.floor(index));
}

/** Ratios of measurements that were made side by side, round by round: what disturbed a round disturbed both. */
export function ratios(values: number[], others: number[]): Spread {
  return spreadOf(
    values.map((value, round) => value / others[round]!),
    3,
  );
}

export function shuffled<Item>(items: Item[]): Item[] {
  return items
    .map((item) => ({ item, at: Math.random() }))
    .sort((a, b) => a.at - b.at)
    .map(({ item }) => item);
}
