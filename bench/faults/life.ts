import { readFileSync } from 'node:fs';
import {
  array,
  constant,
  constantFrom,
  integer,
  nat,
  oneof,
  record,
  sample,
  type Arbitrary,
} from 'fast-check';
import type { Fault, FaultKind } from '../../emulator/emulator.ts';
import { createPaths } from '../../test/support/create-paths.ts';

/** What a person or a system does to the workflow, milliseconds after its start. */
export type Act =
  | { what: 'terminate' | 'cancel'; atMs: number; againAfterMs: number }
  /** To one of its tasks: 0 the first, 1 the last. */
  | { what: 'reset'; atMs: number; to: number }
  /** When it has ended. */
  | { what: 'again'; againAfterMs: number };

/** One dataflow's life on the real stack: what is asked for, what AEP does to its calls, and what people do to it. */
export interface Life {
  example: string;
  faults: Pick<Fault, 'method' | 'path' | 'kind' | 'skip' | 'delayMs' | 'meanwhile'>[];
  acts: Act[];
}

/** Milliseconds. The emulator stays within them. */
export const bounds = { httpTimeoutMs: 1_500, lateCommitMs: 1_000, listLagMs: 1_000 };

const paths = Object.values(createPaths);
const sent: FaultKind[] = [
  '401',
  '429',
  '429-retry-after',
  '500',
  '500-committed',
  '502-html',
  '503',
  'reset-before',
  'reset-after',
  'late-commit',
  'hang',
  'hang-committed',
  'truncated',
  'token-revoked',
];
const fault: Arbitrary<Life['faults'][number]> = oneof(
  {
    weight: 5,
    arbitrary: record({
      method: constant('POST'),
      path: constantFrom(...paths),
      kind: constantFrom(...sent),
      skip: constantFrom(0, 0, 1),
      delayMs: integer({ min: 1, max: bounds.lateCommitMs - 200 }),
      meanwhile: constant('reset' as const),
    }),
  },
  {
    weight: 1,
    arbitrary: record({
      method: constant('GET'),
      path: constantFrom(...paths, ...paths.map((path) => `${path}/*`)),
      kind: constantFrom<FaultKind>('503', '429', 'reset-before', 'hang', 'truncated'),
      skip: nat(2),
    }),
  },
);
const atMs = integer({ min: 20, max: 4_000 });
const againAfterMs = constantFrom(0, 300, 2_500);
const act: Arbitrary<Act> = oneof(
  record({ what: constantFrom('terminate' as const, 'cancel' as const), atMs, againAfterMs }),
  record({ what: constant('reset' as const), atMs, to: nat(20).map((part) => part / 20) }),
  record({ what: constant('again' as const), againAfterMs }),
);
const lives: Arbitrary<Life> = record({
  example: constantFrom(
    'orders-from-bigquery',
    'tutorial-protocols',
    'tutorial-databases',
    'accounts-once',
    'tutorial-customer-success-transitional',
  ),
  faults: array(fault, { minLength: 1, maxLength: 3 }),
  acts: oneof(constant<Act[]>([]), array(act, { maxLength: 2 })),
});

/** The life that a seed stands for. */
export function lifeOf(seed: number): Life {
  return sample(lives, { seed, numRuns: 1 })[0]!;
}

/** The life's definition, in a sandbox of its own. */
export function definitionOf({ example }: Life, sandbox: string): Record<string, unknown> {
  const file = new URL(`../../examples/${example}.json`, import.meta.url);
  return { ...(JSON.parse(readFileSync(file, 'utf8')) as object), name: 'orders', sandbox };
}
