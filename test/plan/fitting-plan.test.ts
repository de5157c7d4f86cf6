import { describe, expect, test } from 'vitest';
import type { Change, Plan } from '../../src/plan/plan.ts';
import { fittingPlan } from '../../src/plan/fitting-plan.ts';
import { parsed, sample } from '../definition/sample.ts';
import { observedOf, partsOfCreated, plan } from './living.ts';

const modern = parsed(sample);
const small = plan(
  parsed({ ...sample, description: 'New' }),
  observedOf(modern, partsOfCreated(modern)),
).plan;
const withChanges = (changes: Change[]): Plan => ({
  ...small,
  steps: small.steps.map((step) => (step.kind === 'sourceConnection' ? { ...step, changes } : step)),
});
const bytesOf = (value: unknown) => Buffer.byteLength(JSON.stringify(value));
/** Temporal takes two million in one payload, and a plan travels with other things. */
const mostBytes = 1_500_000;

describe('a plan that is to go into a history', () => {
  test('is told whole where it is no larger than plans are', () => {
    expect(fittingPlan(small)).toEqual(small);
    const rows = Array.from({ length: 300 }, (_, index) => ({ source: `c${index}`, destination: 'x' }));
    const some = withChanges([{ field: 'mapping', added: rows, removed: [] }]);
    expect(fittingPlan(some)).toEqual(some);
  });

  test.each<[string, Plan]>([
    ['values', withChanges([{ field: 'source.params.query', from: 'a'.repeat(9e5), to: '€'.repeat(9e5) }])],
    [
      'fields',
      withChanges(
        Array.from({ length: 9000 }, (_, index) => ({
          field: `source.params.p${index}`,
          from: 'a'.repeat(90),
          to: '€'.repeat(90),
        })),
      ),
    ],
    [
      'rows',
      withChanges([
        {
          field: 'mapping',
          added: Array.from({ length: 200 }, () => ({ expression: '€'.repeat(4000), destination: 'a' })),
          removed: Array.from({ length: 200 }, () => ({ expression: '€'.repeat(4000), destination: 'b' })),
        },
      ]),
    ],
    [
      'lists',
      withChanges(
        Array.from({ length: 90 }, (_, index) => ({
          field: `source.params.p${index}`,
          added: Array.from({ length: 100 }, () => '€'.repeat(100)),
          removed: [],
        })),
      ),
    ],
    [
      'problems',
      {
        ...small,
        problems: Array.from({ length: 5000 }, (_, index) => ({
          field: `mapping[${index}].destination`,
          message: `"${'€'.repeat(180)}" is not in the schema`,
        })),
      },
    ],
  ])('with too many or too large %s is told as far as it fits, and says that there is more', (_, large) => {
    expect(bytesOf(large)).toBeGreaterThan(mostBytes);
    const told = fittingPlan(large);
    expect(bytesOf(told)).toBeLessThan(mostBytes);
    expect(JSON.stringify(told)).toMatch(/and \d+ more|…/);
    expect(told.digest).toBe(large.digest);
    expect(told.steps.map(({ action }) => action)).toEqual(large.steps.map(({ action }) => action));
  });
});
