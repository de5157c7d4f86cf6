import type { League, Line } from './main.ts';
import type { Figure } from './statistics.ts';

const left = 150;
const bar = 190;
const gap = 50;
const row = 44;
const top = 84;

const panels: { title: string; of: (line: Line) => Figure }[] = [
  { title: 'duplicates', of: ({ duplicates }) => duplicates },
  { title: 'second flows', of: ({ secondFlows }) => secondFlows },
  { title: 'human steps', of: ({ humanSteps }) => humanSteps },
];

/** The league table as a picture: bars per 1,000 dataflows, with their 95 % intervals. */
export function picture({ creates, chancePercent, lines }: League): string {
  const width = left + panels.length * (bar + gap);
  const height = top + lines.length * row + 16;
  const parts = [
    text(16, 28, 'What is left in AEP after 1,000 creates', 'title'),
    text(
      16,
      48,
      `${creates} dataflows each, every POST spoiled with a chance of ${chancePercent} %, the same for all`,
      'small',
    ),
    ...lines.map(({ name }, index) => text(16, top + index * row + 19, name, 'name')),
    ...panels.flatMap(({ title, of }, index) => panel(left + index * (bar + gap), title, lines.map(of))),
  ];
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img" aria-label="League table">
<style>text{font:13px system-ui,sans-serif;fill:#24292f}.title{font-weight:600;font-size:16px}.small{fill:#57606a;font-size:12px}.name{font-weight:600}</style>
<rect width="100%" height="100%" fill="#fff"/>
${parts.join('\n')}
</svg>
`;
}

function panel(x: number, title: string, figures: Figure[]): string[] {
  const most = Math.max(1, ...figures.map(({ high }) => high));
  const at = (value: number) => x + (value / most) * (bar - 45);
  return [
    text(x, 72, title, 'small'),
    ...figures.flatMap(({ value, low, high }, index) => {
      const y = top + index * row;
      const middle = y + 15;
      return [
        `<rect x="${x}" y="${y + 4}" width="${Math.max(1, at(value) - x)}" height="22" fill="${value === 0 ? '#1a7f37' : '#cf7b3c'}"/>`,
        `<path d="M${at(low)} ${middle}H${at(high)}M${at(low)} ${middle - 5}v10M${at(high)} ${middle - 5}v10" stroke="#24292f" fill="none"/>`,
        text(at(high) + 6, middle + 4, String(Math.round(value)), 'small'),
      ];
    }),
  ];
}

function text(x: number, y: number, content: string, style: string): string {
  return `<text x="${Math.round(x)}" y="${y}" class="${style}">${content}</text>`;
}
