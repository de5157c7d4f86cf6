import { describe, expect, test } from 'vitest';
import type { Watch } from '../../src/definition/watch.ts';
import { nextOf } from '../../src/plan/next-of.ts';
import { countsOf, isEmpty } from '../../src/plan/plan.ts';
import { planOf } from '../../src/plan/plan-of.ts';
import { planAsText } from '../../src/plan/render.ts';
import { parsed, sample } from '../definition/sample.ts';
import { context } from '../resources/sample-ids.ts';
import { now, observedOf, partsOfCreated } from './living.ts';

/** What is planned for a dataflow that AEP has as asked for, and whose watcher has these settings. */
function planned(asked: Watch | undefined, settings: Watch | undefined, mask: string[] = []) {
  const definition = parsed({ ...sample, ...(asked ? { watch: asked } : {}) });
  const parts = partsOfCreated(definition);
  const watching = settings && { [parts.flow!.id]: settings };
  const facts = { context, now, problems: [], warnings: [], choices: {}, mask, watching };
  return planOf(definition, observedOf(definition, parts), facts);
}

describe('the watch of a dataflow that AEP has as asked for', () => {
  test('is to be changed where the definition says it otherwise: what it leaves out is taken back', () => {
    const one = planned({ pauseAfter: 5, expectRows: true }, { stuckAfter: '3h', expectRows: true });
    const { plan } = one;
    expect(plan.watch).toEqual({
      changes: [
        { field: 'watch.stuckAfter', from: '3h', to: null },
        { field: 'watch.pauseAfter', from: null, to: 5 },
      ],
    });
    expect(isEmpty(plan)).toBe(true);
    expect(plan.summary).toBe('the watch to change, 6 as they are');
    expect(countsOf(plan)).toEqual({ keep: 6, watch: 1 });
    expect(nextOf(one, {})).toEqual({ start: 'updateDataflow' });
    expect(planAsText(plan)).toContain(
      '~ watch is changed: Its watcher takes it\n      watch.stuckAfter: "3h"',
    );
    expect(plan.digest).toBe(planned(undefined, undefined).plan.digest);
  });

  test.each([
    ['the definition says nothing of it', undefined, { pauseAfter: 5 }],
    ['it is so already', { pauseAfter: 5 }, { pauseAfter: 5 }],
    ['nobody watches the flow', { pauseAfter: 5 }, undefined],
  ])('stays as it is where %s', (_, asked, settings) => {
    const one = planned(asked, settings);
    expect(one.plan.watch).toBeUndefined();
    expect(nextOf(one, {})).toEqual({ start: 'nothing' });
  });

  test('is shown as masked, and not changed, where its fields are masked', () => {
    const one = planned({ pauseAfter: 5 }, {}, ['watch.pauseAfter']);
    expect(one.plan.watch).toEqual({
      changes: [],
      masked: [{ field: 'watch.pauseAfter', from: null, to: 5 }],
    });
    expect(one.plan.summary).toBe('Nothing to change, 6 as they are, a difference masked');
    expect(countsOf(one.plan)).toEqual({ keep: 6, masked: 1 });
    expect(nextOf(one, {})).toEqual({ start: 'nothing' });
    expect(planAsText(one.plan)).toContain('watch.pauseAfter: nothing → 5 (masked)');
  });
});
