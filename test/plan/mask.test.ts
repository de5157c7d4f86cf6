import { describe, expect, test } from 'vitest';
import { maskProblems } from '../../src/definition/mask.ts';
import { isEmpty } from '../../src/plan/plan.ts';
import { planOf } from '../../src/plan/plan-of.ts';
import { planAsText } from '../../src/plan/render.ts';
import { parsed, sample } from '../definition/sample.ts';
import { context } from '../resources/sample-ids.ts';
import { now, observedOf, partsOfCreated } from './living.ts';

const created = parsed(sample);
const observed = observedOf(created, partsOfCreated(created));

function planned(changes: object, mask: string[]) {
  const facts = { context, now, problems: [], warnings: [], choices: {}, mask };
  return planOf(parsed({ ...sample, ...changes }), observed, facts).plan;
}

const rarely = { schedule: { ...sample.schedule, interval: 45 } };

describe('a field that is masked', () => {
  test('counts for nothing where it differs, and is shown as masked', () => {
    const plan = planned(rarely, ['schedule.interval']);
    expect(isEmpty(plan)).toBe(true);
    const flow = plan.steps.find(({ kind }) => kind === 'flow')!;
    expect(flow).toMatchObject({
      action: 'keep',
      reason: 'As the definition asks for, but for what is masked',
      changes: [],
      masked: [{ field: 'schedule.interval', to: 45 }],
    });
    expect(plan.summary).toContain('a difference masked');
    expect(planAsText(plan)).toMatch(/schedule\.interval: \d+ → 45 \(masked\)/);
  });

  test('covers all that is under it', () => {
    expect(isEmpty(planned(rarely, ['schedule']))).toBe(true);
    expect(isEmpty(planned(rarely, ['sched']))).toBe(false);
  });

  test('replaces nothing either', () => {
    const elsewhere = { source: { ...sample.source, tableName: 'other.Table' } };
    expect(isEmpty(planned(elsewhere, []))).toBe(false);
    expect(isEmpty(planned(elsewhere, ['source.tableName']))).toBe(true);
  });

  test('leaves other differences of its resource as they are', () => {
    const changes = { ...rarely, options: { partialIngestionPercent: 50 } };
    const [both, masked] = [planned(changes, []), planned(changes, ['schedule.interval'])];
    const flowOf = ({ steps }: typeof both) => steps.find(({ kind }) => kind === 'flow')!;
    expect(flowOf(masked).action).toBe('update');
    expect(flowOf(masked).changes).toEqual(
      flowOf(both).changes.filter(({ field }) => field !== 'schedule.interval'),
    );
  });

  test('that does not differ is not told', () => {
    expect(planned({}, ['schedule', 'mapping', 'name']).steps.filter(({ masked }) => masked)).toEqual([]);
  });
});

test('a mask that no definition has is a problem, with what was probably meant', () => {
  expect(maskProblems(['schedule.interval', 'source.columns[0].type', 'source.params.depth.x'])).toEqual([]);
  expect(maskProblems(['schedule.intervall', 'maping'])).toMatchObject([
    { field: 'mask[0]', message: expect.stringContaining('"interval"') },
    { field: 'mask[1]', message: expect.stringContaining('"mapping"') },
  ]);
});
