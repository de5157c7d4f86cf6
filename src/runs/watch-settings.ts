import { durationMs } from '../definition/duration.ts';
import type { Watch } from '../definition/watch.ts';
import type { WatchSettings } from './watch.ts';

/** How patient a watcher is, as the one who asked for the watch wrote it. */
export function settingsOf({ overdueAfter, stuckAfter, expectRows }: Watch = {}): WatchSettings {
  const seconds = (text: string | undefined) => text && (durationMs(text) ?? 0) / 1000;
  return {
    overdueAfterSeconds: seconds(overdueAfter) || undefined,
    stuckAfterSeconds: seconds(stuckAfter) || undefined,
    expectRows,
  };
}
