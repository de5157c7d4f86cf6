import { planAsText, type ManyPlans, type PlannedDataflow } from '../client.ts';
import { fenced } from '../fenced.ts';

/** A comment on GitHub has 65,536 characters at most, and its table comes first. */
const longestDetails = 50_000;

/** What a plan does, in a few words. */
export function whatIn(counts: PlannedDataflow['counts']): string {
  if (!counts) return 'no plan';
  const does = Object.entries(counts)
    .filter(([action, count]) => count > 0 && !['keep', 'given', 'adopt', 'masked'].includes(action))
    .map(([action, count]) => `${count} ${action}`);
  return does.join(', ') || 'nothing to do';
}

/** The plans of many dataflows as a comment on a change: a table of what differs or is in the way, and each plan folded up. */
export async function plansAsMarkdown({ dataflows, totals, plan }: ManyPlans): Promise<string> {
  const { different, failed, empty } = totals;
  const told = dataflows.filter(({ counts, error }) => error || whatIn(counts) !== 'nothing to do');
  const lines = [`### Dataflows: ${different} to change, ${failed} with problems, ${empty} as they are`];
  if (told.length > 0)
    lines.push('', '| dataflow | what | why not |', '| --- | --- | --- |', ...told.map(rowOf));
  let left = longestDetails;
  for (const { sandbox, name, digest } of told) {
    if (digest === undefined) continue;
    const details = detailsOf(`${sandbox}/${name}`, planAsText(await plan(`${sandbox}/${name}`)));
    left -= details.length;
    if (left < 0) return [...lines, '', 'The other plans are too long to be shown here.'].join('\n');
    lines.push('', details);
  }
  return lines.join('\n');
}

function rowOf({ sandbox, name, counts, error }: PlannedDataflow): string {
  const cells = [`${sandbox}/${name}`, whatIn(counts), error ? `${error.type}: ${error.message}` : ''];
  return `| ${cells.map(cell).join(' | ')} |`;
}

function detailsOf(dataflow: string, text: string): string {
  return `<details><summary>${cell(dataflow)}</summary>\n\n${fenced(text, 'text')}\n</details>`;
}

/** Text that is nothing but text in Markdown, and stays in its cell. */
function cell(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll(/[\\`*_[\]|@#~]/g, (sign) => `&#${sign.charCodeAt(0)};`)
    .replaceAll(/\s+/g, ' ');
}
