import { expect, it } from 'vitest';
import type { ManyPlans, Plan } from '../../src/client.ts';
import { plansAsMarkdown } from '../../src/cli/markdown.ts';

const plan = (summary: string) =>
  ({
    dataflow: 'x',
    steps: [],
    problems: [],
    warnings: [],
    choices: [],
    summary,
    digest: 'd',
  }) as unknown as Plan;

function planned(dataflows: ManyPlans['dataflows'], summary = 'Done'): ManyPlans {
  const totals = { dataflows: dataflows.length, empty: 1, different: 1, failed: 1, masked: 0 };
  return { dataflows, totals, workflowId: 'plans:x', plan: async () => plan(summary) };
}

it('what differs and what is in the way is a table and folded plans, and what is as it should be is counted', async () => {
  const told = await plansAsMarkdown(
    planned([
      { sandbox: 'prod', name: 'orders', digest: 'd', counts: { keep: 2, create: 3 } },
      { sandbox: 'prod', name: 'same', digest: 'd', counts: { keep: 9 } },
      { sandbox: 'prod', name: 'wrong', error: { type: 'InvalidDefinition', message: 'a | b\n<b>*c*' } },
    ] as ManyPlans['dataflows']),
  );
  expect(told).toContain('### Dataflows: 1 to change, 1 with problems, 1 as they are');
  expect(told).toContain('| prod/orders | 3 create |  |');
  expect(told).toContain('| prod/wrong | no plan | InvalidDefinition: a &#124; b &lt;b>&#42;c&#42; |');
  expect(told).toContain('<details><summary>prod/orders</summary>\n\n```text\nPlan for x');
  expect(told).not.toContain('same');
});

it('no text of a plan ends its block, and a comment never grows too long', async () => {
  const one = { sandbox: 'prod', name: 'a', digest: 'd', counts: { create: 1 } } as never;
  expect(await plansAsMarkdown(planned([one], 'a ```` b'))).toMatch(/^`{5}text$[\s\S]*^`{5}$/m);
  const many = await plansAsMarkdown(
    planned(
      Array.from({ length: 9 }, () => one),
      'x'.repeat(9_000),
    ),
  );
  expect(many.length).toBeLessThan(60_000);
  expect(many).toContain('too long to be shown');
});
