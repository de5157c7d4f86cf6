import { Client, Connection } from '@temporalio/client';
import { connect, type AepDataflows, type Definition, type FlowMessage } from '../src/client.ts';
import type { Print } from './live-steps.ts';
import type { Stack } from './local-stack.ts';
import { standInFor } from './stand-in.ts';

/** What `npm run demo -- --watch --json` prints. */
export interface WatchReport {
  ok: boolean;
  /** Of each dataflow, the messages that were sent about it. */
  messages: Record<string, FlowMessage[]>;
  temporal: { address: string; uiUrl: string | undefined };
}

/** How the runs of each dataflow end, and what verdicts are to be reported. */
const fates = {
  'orders-fine': { runs: ['success'], verdicts: ['ok'] },
  'orders-with-bad-rows': { runs: ['degraded'], verdicts: ['degraded'] },
  'orders-source-away': { runs: ['failed', 'success'], verdicts: ['failed', 'ok'] },
  'orders-that-never-come': { runs: ['missing'], verdicts: ['overdue'] },
} as const;

/** Until the flows' first runs are due: long enough for all of them to be made. Seconds. */
const leadSeconds = 10;
const timeoutMs = 90_000;

/** Creates four dataflows with different fates, and shows each message that their watchers send. */
export async function watchFour(
  stack: Stack,
  definition: Definition,
  inbox: Inbox,
  say: (text: string, sort?: Parameters<Print>[1]) => void,
): Promise<WatchReport> {
  const connection = await Connection.connect({ address: stack.temporal.address });
  const client = await connect({ client: new Client({ connection, namespace: stack.temporal.namespace }) });
  try {
    const names = Object.keys(fates) as (keyof typeof fates)[];
    say(`Creating ${names.length} dataflows: ${names.join(', ')} …`);
    const startTime = Math.ceil(Date.now() / 1000) + leadSeconds;
    await Promise.all(names.map((name) => createOne(stack, client, definition, name, startTime)));
    say(
      'Created. Their first runs are due in a moment; every message that comes to the webhook "on-call":\n',
    );

    const left = () =>
      names.filter((name) => (inbox.messages[name]?.length ?? 0) < fates[name].verdicts.length);
    const deadline = Date.now() + timeoutMs;
    while (left().length > 0 && Date.now() < deadline) await inbox.next(deadline - Date.now());
    const verdicts = (name: keyof typeof fates) => inbox.messages[name]?.map(({ verdict }) => verdict).join();
    return {
      ok: names.every((name) => verdicts(name) === fates[name].verdicts.join()),
      messages: inbox.messages,
      temporal: { address: stack.temporal.address, uiUrl: stack.temporal.uiUrl },
    };
  } finally {
    await connection.close();
  }
}

async function createOne(
  stack: Stack,
  client: AepDataflows,
  definition: Definition,
  name: keyof typeof fates,
  startTime: number,
): Promise<void> {
  const baseConnectionId = standInFor(definition, stack) ?? definition.source.baseConnectionId;
  const handle = await client.start({
    ...definition,
    name,
    source: { ...definition.source, baseConnectionId },
    schema: { ...definition.schema, title: name },
    dataset: { name },
    schedule: { ...definition.schedule, startTime },
    watch: {
      overdueAfter: '3s',
      retry: { times: 2, pause: '1s' },
      notify: { webhook: 'on-call' },
    },
  });
  const { flowId } = await handle.result();
  const error = { code: 'CONNECTOR-1001-500', message: 'The source did not answer.' };
  stack.emulator.control.planRuns({
    flowId,
    outcomes: fates[name].runs.map((outcome) => (outcome === 'failed' ? { outcome, error } : outcome)),
  });
}

/** The messages that came, and a way to wait for the next. */
export class Inbox {
  /** By dataflow, without its sandbox. */
  readonly messages: Record<string, FlowMessage[]> = {};
  readonly #print: (message: FlowMessage) => void;
  #arrived: (() => void) | undefined;

  constructor(print: (message: FlowMessage) => void) {
    this.#print = print;
  }

  take(message: FlowMessage): void {
    const name = message.dataflow?.split('/')[1] ?? message.flowId;
    (this.messages[name] ??= []).push(message);
    this.#print(message);
    this.#arrived?.();
  }

  /** Resolves when the next message comes, or after so many milliseconds. */
  next(timeoutMs: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, timeoutMs);
      this.#arrived = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }
}
