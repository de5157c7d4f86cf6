import { describe, expect, test } from 'vitest';
import type { Definition } from '../../src/definition/definition.ts';
import type { Parts } from '../../src/plan/observed-dataflow.ts';
import { parsed, sample } from '../definition/sample.ts';
import { actionsOf, now, observedOf, partsOfCreated, plan } from './living.ts';

/** The same dataflow, from three tables. */
const [first, second, third] = ['first.Table', 'second.Table', 'third.Table'].map((tableName) =>
  parsed({ ...sample, source: { ...sample.source, tableName } }),
);

function partsOf(definition: Definition, number: number, state: string): Parts {
  const own = {
    sourceConnection: `source-${number}`,
    targetConnection: `target-${number}`,
    flow: `flow-${number}`,
  };
  const parts = partsOfCreated(definition, own);
  const { flow } = parts;
  const mark = { ...flow!.mark!, nonce: `nonce00${number}` };
  return { ...parts, flow: { ...flow!, mark, fields: { ...flow!.fields, state } } };
}

const removed = (number: number) => ({
  [`flow flow-${number}`]: 'remove',
  [`source-${number}`]: 'remove',
  [`target-${number}`]: 'remove',
});
const replaced = { sourceConnection: 'replace', targetConnection: 'replace', flow: 'replace' };

describe('of two flows, as a replacement of the first by the second leaves them,', () => {
  test.each([
    // [the old flow, the new one, asked for, living, predecessor, what is done]
    ['enabled', 'draft', second, 2, 1, { flow: 'update', ...removed(1) }],
    ['disabled', 'draft', second, 2, 1, { flow: 'update', ...removed(1) }],
    ['disabled', 'enabled', second, 2, undefined, removed(1)],
    ['disabled', 'disabled', second, 2, undefined, removed(1)],
    ['enabled', 'draft', first, 1, undefined, removed(2)],
    ['disabled', 'draft', first, 1, undefined, { flow: 'update', ...removed(2) }],
    ['disabled', 'enabled', first, 2, undefined, { ...replaced, ...removed(1) }],
    ['enabled', 'draft', third, 1, undefined, { ...replaced, ...removed(2) }],
    ['disabled', 'draft', third, 1, undefined, { ...replaced, ...removed(2) }],
    ['disabled', 'enabled', third, 2, undefined, { ...replaced, ...removed(1) }],
  ] as const)('%s and %s', (old, next, asked, living, predecessor, actions) => {
    const flows = [partsOf(first!, 1, old), partsOf(second!, 2, next)];
    const planned = plan(asked!, observedOf(asked!, ...flows));
    expect(planned.living?.flow!.id).toBe(`flow-${living}`);
    expect(planned.predecessor?.flow!.id).toBe(predecessor && `flow-${predecessor}`);
    const done = Object.entries(actionsOf(planned)).map(([what, action]) => [
      what.replace(/^(source|target)Connection (?=\w)/, ''),
      action,
    ]);
    expect(Object.fromEntries(done)).toEqual(actions);
    expect(planned.isCutOff).toBe(old === 'disabled' && next === 'draft');
  });
});

describe('a draft alone', () => {
  const draft = partsOf(second!, 2, 'draft');

  test('is published where it is as the definition asks for', () => {
    expect(actionsOf(plan(second!, observedOf(second!, draft)))).toEqual({ flow: 'update' });
  });

  test('makes room where it is not', () => {
    const planned = plan(third!, observedOf(third!, draft));
    expect(planned.living).toBeUndefined();
    expect(planned.conflicts).toEqual([]);
    // The source connection of the draft goes for the new one: it is told once.
    expect(actionsOf(planned)).toEqual({
      sourceConnection: 'replace',
      flow: 'create',
      'flow flow-2': 'remove',
    });
  });

  test('whose predecessor somebody deleted or hides is published only where that is said', () => {
    const observed = { ...observedOf(second!, draft), missingFlow: 'flow-1' };
    expect(plan(second!, observed).conflicts).toMatchObject([{ reason: 'missing', ids: ['flow-1'] }]);
    expect(actionsOf(plan(second!, observed, { missingFlow: 'recreate' }))).toEqual({ flow: 'update' });
  });
});

describe('a flow that is as asked for', () => {
  test('stays, whatever else an earlier run made that is there no more', () => {
    const observed = observedOf(first!, partsOf(first!, 1, 'enabled'));
    const planned = plan(first!, { ...observed, missingFlow: 'flow-8' });
    expect(planned.conflicts).toEqual([]);
    expect(actionsOf(planned)).toEqual({});
  });

  test('stays where a draft would do as well: it has loaded something', () => {
    const observed = observedOf(first!, partsOf(first!, 1, 'enabled'), partsOf(first!, 2, 'draft'));
    const planned = plan(first!, observed);
    expect(planned.living?.flow!.id).toBe('flow-1');
    expect(actionsOf(planned)).toMatchObject({ 'flow flow-2': 'remove' });
  });

  test('is known among several though its dataset and schema are only named', () => {
    const given = parsed({ ...sample, schema: undefined, dataset: { id: '6e8a55ca53662c18af37a83b' } });
    const late = partsOf(given, 2, 'enabled');
    const other = { ...late, sourceConnection: partsOf(first!, 2, 'enabled').sourceConnection! };
    const planned = plan(given, observedOf(given, partsOf(given, 1, 'enabled'), other));
    expect(planned.living?.flow!.id).toBe('flow-1');
  });

  test('counts as such where it can be made so in place, but for a draft’s mapping, which is pinned', () => {
    const mapping = [sample.mapping[0], { source: 'Name', destination: 'person.name.lastName' }];
    const asked = parsed({ ...sample, source: { ...sample.source, tableName: 'second.Table' }, mapping });
    const flows = [partsOf(first!, 1, 'enabled'), partsOf(second!, 2, 'draft')];
    expect(plan(asked, observedOf(asked, ...flows)).living?.flow!.id).toBe('flow-1');
    const described = parsed({
      ...sample,
      source: { ...sample.source, tableName: 'second.Table', description: 'New' },
    });
    expect(plan(described, observedOf(described, ...flows)).living?.flow!.id).toBe('flow-2');
  });
});

test('a draft that was made for another schedule is not published', () => {
  const draft = partsOf(second!, 2, 'draft');
  const { flow } = draft;
  const fields = {
    ...flow!.fields,
    scheduleParams: { ...(flow!.fields['scheduleParams'] as object), interval: 90 },
  };
  const parts = { ...draft, flow: { ...flow!, fields } };
  const planned = plan(second!, observedOf(second!, partsOf(first!, 1, 'enabled'), parts));
  expect(planned.living?.flow!.id).toBe('flow-1');
  expect(actionsOf(planned)).toMatchObject({ 'flow flow-2': 'remove', flow: 'replace' });
});

test('of several that somebody disabled and of which none is as asked for, the newest counts', () => {
  const flows = [1, 2, 3].map((number) => partsOf(first!, number, 'disabled'));
  expect(plan(third!, observedOf(third!, ...flows)).living?.flow!.id).toBe('flow-3');
});

describe('two flows that are enabled', () => {
  const hourMs = 3_600_000;
  const madeAt = (parts: Parts, createdAt: number): Parts => ({
    ...parts,
    flow: { ...parts.flow!, createdAt },
  });
  const both = (laterMs: number) => [
    madeAt(partsOf(first!, 1, 'enabled'), now - 9 * hourMs),
    madeAt(partsOf(first!, 2, 'enabled'), now - 9 * hourMs + laterMs),
  ];

  test.each<[string, number, string[]]>([
    ['earlier runs noted', 60_000, ['flow-1', 'flow-2']],
    ['were made at different times, and no run is remembered', 2 * hourMs, []],
    ['the older of which no run noted', 60_000, ['flow-2']],
  ])('and %s are a person’s to decide about', (_, laterMs, noted) => {
    const laterOf = noted.length === 1 ? 2 * hourMs : laterMs;
    const planned = plan(first!, { ...observedOf(first!, ...both(laterOf)), noted: new Set(noted) });
    expect(planned.conflicts).toMatchObject([{ reason: 'several-flows', ids: ['flow-1', 'flow-2'] }]);
    expect(actionsOf(planned)).toEqual({ flow: 'conflict' });
  });

  test('and were made in the same moment are a person’s to decide about', () => {
    expect(plan(first!, observedOf(first!, ...both(0))).conflicts).toMatchObject([
      { reason: 'several-flows', ids: ['flow-1', 'flow-2'] },
    ]);
  });

  test.each<[string, number, string[]]>([
    ['that no run noted', 2 * hourMs, ['flow-1']],
    ['that came soon after the other, and no run is remembered', 600_000, []],
  ])('are one and the late twin of it, %s: that one goes, and the plan says so', (_, laterMs, noted) => {
    const planned = plan(first!, { ...observedOf(first!, ...both(laterMs)), noted: new Set(noted) });
    expect(planned.living?.flow!.id).toBe('flow-1');
    expect(actionsOf(planned)).toMatchObject({ 'flow flow-2': 'remove' });
    expect(planned.plan.warnings).toMatchObject([
      { code: 'late-twin', message: expect.stringContaining('flow-2') as string },
    ]);
  });

  test('are one and its late twin also where that one came a moment before it', () => {
    const planned = plan(first!, { ...observedOf(first!, ...both(5_000)), noted: new Set(['flow-2']) });
    expect(planned.living?.flow!.id).toBe('flow-2');
    expect(actionsOf(planned)).toMatchObject({ 'flow flow-1': 'remove' });
  });

  test('are one as soon as somebody disables the other, which goes', () => {
    const flows = [partsOf(first!, 1, 'disabled'), partsOf(first!, 2, 'enabled')];
    const planned = plan(first!, { ...observedOf(first!, ...flows), noted: new Set(['flow-1', 'flow-2']) });
    expect(planned.living?.flow!.id).toBe('flow-2');
    expect(actionsOf(planned)).toMatchObject({ 'flow flow-1': 'remove' });
  });
});

describe('a flow that somebody had paused before it was to be replaced', () => {
  const paused = 'flow-1';
  const old = partsOf(first!, 1, 'disabled');

  test('stays so beside the draft, and so will the one that takes its place', () => {
    const observed = { ...observedOf(second!, old, partsOf(second!, 2, 'draft')), paused };
    const planned = plan(second!, observed);
    expect(planned).toMatchObject({ isCutOff: false, isToPause: false });
    expect(planned.plan.warnings).toMatchObject([
      {
        code: 'flow-disabled',
        message: expect.stringContaining(
          'flow-1 is disabled in AEP, as the one that takes its place will be',
        ) as string,
      },
    ]);
    const taken = plan(first!, { ...observed, found: observedOf(first!, old).found });
    expect(taken.isCutOff).toBe(false);
    expect(actionsOf(taken)).toMatchObject({ 'flow flow-2': 'remove' });
    expect(actionsOf(taken)).not.toHaveProperty('flow');
  });

  test('has the one that has taken its place disabled, too', () => {
    const observed = { ...observedOf(second!, old, partsOf(second!, 2, 'enabled')), paused };
    const planned = plan(second!, observed);
    expect(planned.isToPause).toBe(true);
    expect(actionsOf(planned)).toMatchObject({ flow: 'update', 'flow flow-1': 'remove' });
    expect(planned.plan.steps.find(({ kind }) => kind === 'flow')!.reason).toBe(
      'As the definition asks for. It has taken the place of one that somebody had disabled: it is disabled, too',
    );
  });

  test('has a third that takes the place of both replace the one that loads', () => {
    const observed = { ...observedOf(third!, old, partsOf(second!, 2, 'enabled')), paused };
    expect(actionsOf(plan(third!, observed))).toMatchObject({ flow: 'replace', 'flow flow-1': 'remove' });
  });
});
