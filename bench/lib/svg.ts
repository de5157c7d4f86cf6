export interface Bar {
  label: string;
  value: number;
  /** Quartiles or an interval, as a thin line over the end of the bar. */
  low?: number;
  high?: number;
  /** Ours is drawn in colour. */
  ours?: boolean;
}

export interface BarChart {
  title: string;
  unit: string;
  groups: {
    title: string;
    bars: Bar[];
    /** A line across the group, such as what cannot be undercut. */
    limit?: number;
  }[];
}

const width = 840;
const left = 320;
const right = 90;
const barHeight = 18;
const gap = 6;
const groupGap = 30;
const top = 44;

/** Horizontal bars, readable on a light and on a dark page. */
export function barChart({ title, unit, groups }: BarChart): string {
  const largest = Math.max(
    ...groups.flatMap(({ bars }) => bars.map(({ value, high = 0 }) => Math.max(value, high))),
  );
  const x = (value: number) => Number((left + (value / largest) * (width - left - right)).toFixed(1));
  const parts: string[] = [];
  let y = top;
  for (const group of groups) {
    parts.push(text(12, y + 4, group.title, 'font-weight="600"'));
    y += 14;
    const begin = y;
    for (const { label, value, low, high, ours } of group.bars) {
      const middle = y + barHeight / 2;
      parts.push(
        text(left - 8, middle + 4, label, 'text-anchor="end"'),
        `<rect x="${left}" y="${y}" width="${(x(value) - left).toFixed(1)}" height="${barHeight}" rx="2" fill="${ours ? '#e8590c' : '#868e96'}"/>`,
      );
      if (low !== undefined && high !== undefined)
        parts.push(`<path d="M${x(low)} ${middle}H${x(high)}" stroke="#212529" stroke-width="2"/>`);
      parts.push(text(Math.max(x(value), x(high ?? 0)) + 6, middle + 4, `${round(value)} ${unit}`));
      y += barHeight + gap;
    }
    if (group.limit !== undefined)
      parts.push(
        `<path d="M${x(group.limit)} ${begin - 4}V${y - 2}" stroke="#1971c2" stroke-width="1.5" stroke-dasharray="4 3"/>`,
      );
    y += groupGap;
  }
  const height = y - groupGap + 12;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img" font-family="system-ui, sans-serif" font-size="13">`,
    `<title>${escaped(title)}</title>`,
    `<rect width="100%" height="100%" rx="6" fill="#f8f9fa"/>`,
    text(12, 22, title, 'font-size="15" font-weight="600"'),
    ...parts,
    '</svg>',
    '',
  ].join('\n');
}

function text(x: number, y: number, content: string, more = ''): string {
  return `<text x="${x}" y="${y}" fill="#212529" ${more}>${escaped(content)}</text>`;
}

function round(value: number): string {
  return value >= 100 ? Math.round(value).toLocaleString('en-GB') : value.toFixed(1);
}

function escaped(content: string): string {
  return content.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
