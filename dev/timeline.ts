/** A stretch of time with a name, in epoch milliseconds. */
export interface Bar {
  title: string;
  startedAt: number;
  endedAt: number;
}

/** Draws bars below one another on one scale, so that what ran at the same time is seen to. `width` in characters. */
export function timeline(bars: Bar[], width = 48): string[] {
  const from = Math.min(...bars.map((bar) => bar.startedAt));
  const to = Math.max(...bars.map((bar) => bar.endedAt));
  const scale = width / Math.max(to - from, 1);
  const titleWidth = Math.max(...bars.map((bar) => bar.title.length));
  return bars.map(({ title, startedAt, endedAt }) => {
    const offset = Math.min(Math.round((startedAt - from) * scale), width - 1);
    const length = Math.min(Math.max(Math.round((endedAt - startedAt) * scale), 1), width - offset);
    const bar = ' '.repeat(offset) + '█'.repeat(length);
    return `${title.padEnd(titleWidth)} │${bar.padEnd(width)}│ ${endedAt - startedAt} ms`;
  });
}
