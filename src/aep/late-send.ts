import { AsyncLocalStorage } from 'node:async_hooks';
import { subscribe } from 'node:diagnostics_channel';
import type { Socket } from 'node:net';

/** When the call that is being made must have been sent. Epoch milliseconds. */
const deadlines = new AsyncLocalStorage<number>();
const deadlineOf = new WeakMap<object, number>();

/**
 * Does `work` so that none of its requests is written to a connection after `deadline` (epoch milliseconds).
 *
 * `fetch` writes a request when its connection stands. In a process that was stopped meanwhile that can be long after
 * its call was given up, and before the timer that would abort it has its turn: then the connection is cut instead.
 */
export function sendBefore<Result>(deadline: number, work: () => Promise<Result>): Promise<Result> {
  return deadlines.run(deadline, work);
}

subscribe('undici:request:create', (message) => {
  const { request } = message as { request: object };
  const deadline = deadlines.getStore();
  if (deadline !== undefined) deadlineOf.set(request, deadline);
});

subscribe('undici:client:sendHeaders', (message) => {
  const { request, socket } = message as { request: object; socket: Socket };
  const deadline = deadlineOf.get(request);
  if (deadline !== undefined && Date.now() > deadline) socket.destroy();
});
