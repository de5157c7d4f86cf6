import { historyToJSON } from '@temporalio/common/lib/proto-utils.js';
import type { temporal } from '@temporalio/proto';

type History = temporal.api.history.v1.IHistory;

/** Who ran it and where: of no use to a replay, and nobody's business. */
const dropped = new Set([
  'identity',
  'stackTrace',
  'requestId',
  'taskId',
  'binaryChecksum',
  'meteringMetadata',
]);

/** A history as JSON with one event a line, without what only says on which machine it was made. */
export function compact(history: History): string {
  const { events } = JSON.parse(historyToJSON(history), (key, value: unknown) =>
    dropped.has(key) ? undefined : value,
  ) as { events: object[] };
  return `{"events":[\n${events.map((event) => JSON.stringify(event)).join(',\n')}\n]}\n`;
}
