import type { BarChart } from '../lib/svg.ts';

/** What one bench has to tell on a page. */
export interface Part {
  markdown: string;
  chart?: BarChart;
}
