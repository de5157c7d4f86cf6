import { readdirSync, readFileSync } from 'node:fs';
import { historyFromJSON } from '@temporalio/common/lib/proto-utils.js';
import { DeterminismViolationError } from '@temporalio/workflow';
import { describe, expect, it } from 'vitest';
import { shapes } from './histories/shapes.ts';
import { replayHistory } from './support/replay.ts';

const folder = new URL('./histories/recorded/', import.meta.url);
const files = readdirSync(folder);

interface Recorded {
  events: { eventType: string; [attributes: string]: unknown }[];
}

function recorded(file: string): Recorded {
  return JSON.parse(readFileSync(new URL(file, folder), 'utf8')) as Recorded;
}

/** Replays a history against the workflows as they are now. Workflow ids are locks, so they must be the recorded ones. */
function replay(history: Recorded): Promise<void> {
  const [first] = history.events;
  const { workflowId } = first!['workflowExecutionStartedEventAttributes'] as { workflowId: string };
  return replayHistory({ workflowId, history: historyFromJSON(history) });
}

describe('workflows that began before this release go on with it', () => {
  it.each(files)('%s', (file) => replay(recorded(file)));

  it('every shape has been recorded', () => {
    expect(files.sort()).toEqual(
      Object.keys(shapes)
        .map((name) => `${name}.json`)
        .sort(),
    );
  });

  it('a workflow that would now do something else is noticed', async () => {
    const history = recorded('create-modern.json');
    const scheduled = history.events.findLast(({ eventType }) =>
      eventType.endsWith('ACTIVITY_TASK_SCHEDULED'),
    );
    const attributes = scheduled!['activityTaskScheduledEventAttributes'] as {
      activityType: { name: string };
    };
    attributes.activityType.name = 'createSomethingElse';
    await expect(replay(history)).rejects.toBeInstanceOf(DeterminismViolationError);
  });
});

it('a recorded history names no machine and no secret', () => {
  for (const file of files) {
    const history = recorded(file);
    const text = JSON.stringify(history, (_, value: unknown) => (isPayload(value) ? decoded(value) : value));
    expect(text).not.toMatch(/recorded-secret|emulator\.[0-9a-f]{8}|Bearer|stackTrace|"identity"/);
    expect(text).not.toMatch(/\/home\/|\/root\/|\/work\/|\.ts:\d+/);
  }
});

const isPayload = (value: unknown): value is { data: string } =>
  typeof value === 'object' && value !== null && typeof (value as { data?: unknown }).data === 'string';

function decoded({ data }: { data: string }): string {
  return Buffer.from(data, 'base64').toString('utf8');
}
