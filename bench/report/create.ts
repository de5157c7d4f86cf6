import { variants, type CreateResult, type Variant } from '../create.ts';
import { described } from '../lib/machine.ts';
import { lastResult } from '../lib/results.ts';
import type { Spread } from '../lib/stats.ts';
import { number, table } from '../lib/table.ts';
import type { Part } from './part.ts';

const titles: Record<Variant | 'limit', string> = {
  ours: 'aep-dataflows',
  twin: 'the twin: a bare workflow',
  graph: 'a graph of promises, in memory',
  script: 'one call after the other',
  limit: 'the limit: four dependent creates',
};

export function createPart(): Part | undefined {
  const result = lastResult('create') as CreateResult | undefined;
  if (!result) return undefined;
  const rows = result.settings.flatMap(
    ({ generation, latencyMs, limitMs, flowId, result, ratio, resultRatio }) => [
      ...variants.map((variant) => [
        `${generation}, ${latencyMs} ms: ${titles[variant]}`,
        number(flowId[variant].median),
        `${number(flowId[variant].low)}–${number(flowId[variant].high)}`,
        variant === 'ours' ? '' : ratioText(ratio[variant]),
        number(result[variant].median),
        variant === 'twin' ? ratioText(resultRatio) : '',
      ]),
      [
        `${generation}, ${latencyMs} ms: ${titles.limit}`,
        number(limitMs),
        '',
        ratioText(ratio.limit),
        '',
        '',
      ],
    ],
  );
  const heads = ['', 'flow id (ms)', 'quartiles', 'ours to it', 'result (ms)', 'ours to it'];
  const rounds = result.settings[0]!.flowId.ours.n;
  return {
    markdown: `${table(heads, rows)}\n\n${number(rounds)} rounds. ${described(result.machine)}`,
    chart: {
      title: 'From the start until the flow id is known, median and quartiles',
      unit: 'ms',
      groups: result.settings.map(({ generation, latencyMs, limitMs, flowId }) => ({
        title: `${generation} generation, ${latencyMs} ms per call to AEP (dashed: the limit)`,
        limit: limitMs,
        bars: variants.map((one) => {
          const { median, low, high } = flowId[one];
          return { label: titles[one], value: median, low, high, ours: one === 'ours' };
        }),
      })),
    },
  };
}

function ratioText({ median, low, high }: Spread): string {
  return `${median.toFixed(3)} (${low.toFixed(3)}–${high.toFixed(3)})`;
}
