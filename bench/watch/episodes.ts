import { defaultPayloadConverter } from '@temporalio/common';
import { tsToMs } from '@temporalio/common/lib/time.js';
import type { temporal } from '@temporalio/proto';
import type { EndedRuns } from '../../src/runs/run.ts';
import { bytesOf } from '../lib/history.ts';

type History = temporal.api.history.v1.IHistory;
type Event = temporal.api.history.v1.IHistoryEvent;

/** What one thing that happened to a watcher cost it: a signal, or a timer that went off. */
export interface Episode {
  cause: 'signal' | 'timer';
  events: number;
  bytes: number;
  /** Whether the verdict changed. */
  changed: boolean;
  /** Whether the watcher looked for itself. */
  looked: boolean;
  runs: number;
  /** Milliseconds from a run's end to the workflow task that judged it, one for each run. */
  latencies: number[];
}

/** Takes a watcher's history apart. What came before the first episode is its beginning. */
export function episodesOf({ events }: History): Episode[] {
  const episodes: Episode[] = [];
  let ends: number[] = [];
  for (const event of events ?? []) {
    const signal = event.workflowExecutionSignaledEventAttributes;
    if (signal || event.timerFiredEventAttributes) {
      // Two signals for one workflow task are one episode: each is an event more.
      const before = episodes.at(-1);
      if (!signal || !before || ends.length === 0) {
        const cause = signal ? 'signal' : 'timer';
        episodes.push({ cause, events: 0, bytes: 0, changed: false, looked: false, runs: 0, latencies: [] });
      }
    }
    const episode = episodes.at(-1);
    if (!episode) continue;
    episode.events += 1;
    episode.bytes += bytesOf(event);
    const ended = signal && readSignal(event);
    if (ended) {
      episode.runs += ended.runs.length;
      ends.push(...ended.runs.map(({ end = 0 }) => end));
    }
    if (event.upsertWorkflowSearchAttributesEventAttributes) episode.changed = true;
    if (event.activityTaskScheduledEventAttributes?.activityType?.name === 'readRuns') episode.looked = true;
    if (event.workflowTaskCompletedEventAttributes) {
      const judgedAt = tsToMs(event.eventTime!);
      episode.latencies.push(...ends.map((end) => judgedAt - end));
      ends = [];
    }
  }
  return episodes;
}

function readSignal(event: Event): EndedRuns | undefined {
  const payload = event.workflowExecutionSignaledEventAttributes?.input?.payloads?.[0];
  if (event.workflowExecutionSignaledEventAttributes?.signalName !== 'runsEnded' || !payload)
    return undefined;
  return defaultPayloadConverter.fromPayload<EndedRuns>(payload);
}

/** Of a whole history. */
export function sizeOf({ events }: History): number {
  return (events ?? []).reduce((sum, event) => sum + bytesOf(event), 0);
}
