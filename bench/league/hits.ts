import { readFileSync } from 'node:fs';
import type { Control, FaultKind } from '../../emulator/emulator.ts';
import { randomOf } from '../../test/simulation/virtual-clock.ts';

/** Milliseconds. What every contestant's calls may take, and how late and laggy the emulator gets at most. */
export const bounds = { httpTimeoutMs: 3_000, lateCommitMs: 1_000, listLagMs: 1_000 };

const kinds: FaultKind[] = [
  '429',
  '429-retry-after',
  '500',
  '500-committed',
  '502-html',
  '503',
  'hang',
  'hang-committed',
  'late-commit',
  'reset-before',
  'reset-after',
  'truncated',
];
const paths = [
  '/schemaregistry/tenant/schemas',
  '/flowservice/sourceConnections',
  '/catalog/dataSets',
  '/flowservice/targetConnections',
  '/conversion/mappingSets',
  '/flowservice/flows',
];

/** Arms what hits the creates of one seed: each POST with the same chance, whoever sends it. Returns how many. */
export function arm(control: Control, seed: number, sandbox: string, chance: number): number {
  const random = randomOf(seed);
  let armed = 0;
  for (const path of paths) {
    const [hit, which, late] = [random(), random(), random()];
    if (hit >= chance) continue;
    const kind = kinds[Math.floor(which * kinds.length)]!;
    const delayMs = late * (bounds.lateCommitMs - 200);
    control.addFault({ method: 'POST', path, kind, sandbox, delayMs });
    armed += 1;
  }
  return armed;
}

const example = readFileSync(new URL('../../examples/orders-from-bigquery.json', import.meta.url), 'utf8');

/** What each seed creates, in a sandbox of its own. */
export function definitionFor(sandbox: string): Record<string, unknown> {
  return { ...(JSON.parse(example) as object), name: 'orders', sandbox };
}
