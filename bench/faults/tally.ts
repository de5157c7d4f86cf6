/** What is counted over many creates. */
export interface Tally {
  dataflows: number;
  /** Faults that struck: spoiled calls, dead or stopped processes, resets, terminations. */
  faults: number;
  /** Calls to AEP. */
  calls: number;
  /** Resources of ours beside the one that there should be. */
  duplicates: number;
  /** Those of them that no answer told of. */
  orphans: number;
  /** Creates that did not end well by themselves, though AEP refused nothing for good. */
  humanSteps: number;
  /** Lives in which a request took effect later than every bound; the create after it had to find that. */
  beyond: number;
  /** Lives in which anything at all was not as promised. */
  wrong: number;
}

export function emptyTally(): Tally {
  return { dataflows: 0, faults: 0, calls: 0, duplicates: 0, orphans: 0, humanSteps: 0, beyond: 0, wrong: 0 };
}

/** Prints the figures, and answers the exit code they deserve. */
export function print(how: string, tally: Tally, ms: number): number {
  const rows: [string, number][] = [
    ['dataflows', tally.dataflows],
    ['faults injected', tally.faults],
    ['calls to AEP', tally.calls],
    ['duplicates', tally.duplicates],
    ['unreported orphans', tally.orphans],
    ['human steps', tally.humanSteps],
    ['commits later than every bound', tally.beyond],
    ['lives that went wrong in any way', tally.wrong],
  ];
  console.log(`\n${how}, ${Math.round(ms / 1000)} s`);
  for (const [name, count] of rows) console.log(`  ${name.padEnd(34)}${String(count).padStart(9)}`);
  return tally.wrong === 0 ? 0 : 1;
}
