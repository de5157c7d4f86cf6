/** One line: a value at each time. */
export interface Line {
  label: string;
  points: { at: number; value: number }[];
}

export interface LineChart {
  title: string;
  /** Of the values. */
  unit: string;
  lines: Line[];
  /** What happened when: a thin line over the full height. */
  marks?: { at: number; label: string }[];
}

const [width, height] = [840, 260];
const [left, right, top, bottom] = [64, 190, 40, 30];
const colours = ['#e8590c', '#1971c2', '#2f9e44', '#862e9c'];

/** Lines over time (milliseconds since the beginning), from zero up; readable on a light and on a dark page. */
export function lineChart({ title, unit, lines, marks = [] }: LineChart): string {
  const points = lines.flatMap((line) => line.points);
  const last = Math.max(1, ...points.map(({ at }) => at));
  const most = Math.max(1, ...points.map(({ value }) => value));
  const x = (at: number) => (left + (at / last) * (width - left - right)).toFixed(1);
  const y = (value: number) => (height - bottom - (value / most) * (height - top - bottom)).toFixed(1);
  const text = (at: string, base: string, content: string, more = '') =>
    `<text x="${at}" y="${base}" fill="#212529" ${more}>${escaped(content)}</text>`;
  const scale = [0, most / 2, most].map((value) =>
    text(String(left - 8), y(value), Math.round(value).toLocaleString('en-GB'), 'text-anchor="end"'),
  );
  const struck = marks.map(({ at, label }) =>
    [
      `<path d="M${x(at)} ${top}V${height - bottom}" stroke="#868e96" stroke-dasharray="3 3"/>`,
      text(x(at), String(top - 4), label, 'text-anchor="middle" font-size="11"'),
    ].join(''),
  );
  const drawn = lines.map(({ label, points: all }, index) => {
    const colour = colours[index % colours.length]!;
    const path = all.map(({ at, value }) => `${x(at)} ${y(value)}`).join('L');
    return [
      `<path d="M${path}" fill="none" stroke="${colour}" stroke-width="1.5"/>`,
      `<rect x="${width - right + 16}" y="${top + index * 22}" width="12" height="12" rx="2" fill="${colour}"/>`,
      text(String(width - right + 34), String(top + index * 22 + 11), label),
    ].join('');
  });
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img" font-family="system-ui, sans-serif" font-size="13">`,
    `<title>${escaped(title)}</title>`,
    `<rect width="100%" height="100%" rx="6" fill="#f8f9fa"/>`,
    text('12', '20', `${title}, ${unit}`, 'font-size="15" font-weight="600"'),
    `<path d="M${left} ${height - bottom}H${width - right}" stroke="#868e96"/>`,
    ...scale,
    ...struck,
    ...drawn,
    text(
      String(width - right),
      String(height - 10),
      `${(last / 60_000).toFixed(1)} min`,
      'text-anchor="end"',
    ),
    '</svg>',
    '',
  ].join('\n');
}

function escaped(content: string): string {
  return content.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
