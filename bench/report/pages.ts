import { readFileSync, writeFileSync } from 'node:fs';
import { keep } from '../lib/results.ts';
import { barChart } from '../lib/svg.ts';
import { clusterPart } from './cluster.ts';
import type { Part } from './part.ts';
import { performanceParts } from './performance.ts';
import { reliabilityParts } from './reliability.ts';
import { watchingParts } from './watching.ts';

/** Puts what bench/results holds into the pages that tell of it, and draws the pictures. */
export function writePages(): void {
  fill('performance.md', performanceParts());
  fill('reliability.md', reliabilityParts());
  fill('watching.md', watchingParts());
  fill('deploying.md', { cluster: clusterPart() });
}

function fill(page: string, parts: Record<string, Part | undefined>): void {
  const file = new URL(`../../docs/${page}`, import.meta.url);
  let text = readFileSync(file, 'utf8');
  for (const [name, part] of Object.entries(parts)) {
    // What was not measured yet leaves the page as it is.
    if (!part) continue;
    const { markdown, chart } = part;
    if (chart) keep(`${name}.svg`, barChart(chart));
    const picture = chart ? `![${chart.title}](../bench/results/${name}.svg)\n\n` : '';
    const marked = new RegExp(`(<!-- ${name} -->\n)[^]*?(<!-- /${name} -->)`);
    if (!marked.test(text)) throw new Error(`docs/${page} has no place for the figures of ${name}`);
    text = text.replace(
      marked,
      (_, before: string, after: string) => `${before}\n${picture}${markdown}\n\n${after}`,
    );
  }
  writeFileSync(file, text);
}
