import { described } from '../lib/machine.ts';
import { lastResult } from '../lib/results.ts';
import { number, table } from '../lib/table.ts';
import type { Compared, SandboxResult } from '../sandbox.ts';
import type { Part } from './part.ts';

export function sandboxPart(): Part | undefined {
  const result = lastResult('sandbox') as SandboxResult | undefined;
  if (!result) return undefined;
  const { machine, definitions, singles, latencyMs, applied, without, with: changed } = result;
  const rows = (what: string, { many, single, ratio, same }: Compared) => [
    [`${what}: each by itself`, number(single.total), number(single.ms / 1000, 1), '', '', ''],
    [
      `${what}: together`,
      number(many.total),
      number(many.ms / 1000, 1),
      number(ratio.calls, 3),
      number(ratio.ms, 3),
      `${number(same)} of ${number(singles)}`,
    ],
  ];
  const heads = ['', 'calls to AEP', 's', 'of the calls', 'of the time', 'same digests'];
  return {
    markdown: [
      `${number(definitions)} definitions, ${latencyMs} ms per call to AEP, one worker. Each by itself: ${number(singles)} of them, 50 at a time, counted up to all.`,
      table(heads, [...rows('nothing differs', without), ...rows('all differ', changed)]),
      `\`applyDataflows\` made all of them in ${number(applied.ms / 1000)} s, ${number(applied.perSecond, 1)} a second, 20 at a time.`,
      described(machine),
    ].join('\n\n'),
  };
}
