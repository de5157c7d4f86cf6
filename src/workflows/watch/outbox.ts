import { log, proxyActivities, rootCause } from '@temporalio/workflow';
import type { Activities } from '../../activities/index.ts';
import { channelKinds, type Watch } from '../../definition/watch.ts';
import type { Message } from '../../runs/notification.ts';
import type { Delivery } from '../../runs/reactions.ts';

/** A message that nobody has taken for so long is of no use any more. */
const messageLivesMs = 3 * 24 * 3_600_000;
/** The oldest go first: newer ones say how things are. */
const messagesToKeep = 20;

/** A message to everybody whom a watch notifies. */
export function deliveriesOf<M extends Message>({ notify }: Watch, message: M): Delivery<M>[] {
  return [
    ...(notify?.webhook ? [{ message, webhook: notify.webhook }] : []),
    ...channelKinds.flatMap((kind) => {
      const name = notify?.[kind];
      return name === undefined ? [] : [{ message, channel: { kind, name } }];
    }),
    ...(notify?.workflow ? [{ message, workflow: notify.workflow }] : []),
  ];
}

/**
 * Delivers a message, again and again until it is taken: it may come twice.
 * @throws ActivityFailure where it was not taken in three days.
 */
export async function deliver({ message, webhook, channel, workflow }: Delivery<Message>): Promise<void> {
  const what = [message.event, ...('verdict' in message ? [message.verdict] : [])].join(', ');
  const receiver = webhook ?? channel?.name ?? workflow?.workflowId;
  const { sendMessage, sendToChannel, signalWorkflow } = proxyActivities<Activities>({
    startToCloseTimeout: '30 seconds',
    scheduleToCloseTimeout: Math.max(1_000, Date.parse(message.at) + messageLivesMs - Date.now()),
    retry: { maximumInterval: '1 minute' },
    summary: `Notify ${receiver}: ${what}`,
  });
  if (webhook) await sendMessage({ webhook, message });
  else if (channel) await sendToChannel({ ...channel, message });
  else if (workflow) await signalWorkflow({ ...workflow, message });
}

/** The messages of a watch that nobody has taken yet. */
export class Outbox {
  #waiting: Delivery[];
  #undelivered: number;
  readonly #receiving = new Set<string>();

  /** @param carried what an earlier execution had not delivered */
  constructor({ outbox, undelivered }: { outbox: Delivery[]; undelivered: number }) {
    this.#waiting = outbox;
    this.#undelivered = undelivered;
    this.#send();
  }

  /** What the next execution takes over. */
  get left(): { outbox: Delivery[]; undelivered: number } {
    return { outbox: this.#waiting, undelivered: this.#undelivered };
  }

  get isEmpty(): boolean {
    return this.#waiting.length === 0;
  }

  add(deliveries: Delivery[]): void {
    const waiting = [...this.#waiting, ...deliveries];
    const dropped = Math.max(0, waiting.length - messagesToKeep);
    this.#waiting = waiting.slice(dropped);
    this.#undelivered += dropped;
    this.#send();
  }

  /** Another workflow delivers what is left. */
  handOver(): void {
    this.#waiting = [];
  }

  /** What has not been taken by now never is. */
  giveUp(): void {
    this.#undelivered += this.#waiting.length;
    this.#waiting = [];
  }

  /** To each receiver one message after the other: an old one that arrives last would say how things are not. */
  #send(): void {
    for (const receiver of new Set(this.#waiting.map(receiverOf)))
      if (!this.#receiving.has(receiver)) void this.#sendTo(receiver);
  }

  async #sendTo(receiver: string): Promise<void> {
    this.#receiving.add(receiver);
    const next = () => this.#waiting.find((delivery) => receiverOf(delivery) === receiver);
    for (let delivery = next(); delivery; delivery = next()) await this.#deliver(delivery);
    this.#receiving.delete(receiver);
  }

  async #deliver(delivery: Delivery): Promise<void> {
    let undelivered = 0;
    try {
      await deliver(delivery);
    } catch (error) {
      log.warn('A message was not delivered', { error: rootCause(error) ?? String(error) });
      undelivered = 1;
    }
    // One that was dropped meanwhile is counted already.
    if (!this.#waiting.includes(delivery)) return;
    this.#waiting = this.#waiting.filter((one) => one !== delivery);
    this.#undelivered += undelivered;
  }
}

function receiverOf({ webhook, channel, workflow }: Delivery): string {
  if (channel) return `${channel.kind}/${channel.name}`;
  return webhook ?? `${workflow?.workflowId} ${workflow?.signal}`;
}
