/** Why a call was given up. The code ends up in the error. */
export class GaveUp extends Error {
  readonly code: 'TIMEOUT' | 'ABORTED';

  constructor(code: 'TIMEOUT' | 'ABORTED') {
    super(code);
    this.code = code;
  }
}

export interface Deadline {
  /** Aborted, with a `GaveUp` for its reason, when the time is over or the caller gives up. */
  signal: AbortSignal;
  /** When the time is over. Epoch milliseconds. */
  at: number;
  /** To be called in any case: a timer and a listener hang on it. */
  end(): void;
}

/** One signal out of a time limit and the caller's own signal. */
export function startDeadline(ms: number, caller?: AbortSignal): Deadline {
  const controller = new AbortController();
  const onAbort = () => controller.abort(new GaveUp('ABORTED'));
  const timer = setTimeout(() => controller.abort(new GaveUp('TIMEOUT')), ms);
  if (caller?.aborted) onAbort();
  caller?.addEventListener('abort', onAbort, { once: true });
  return {
    signal: controller.signal,
    at: Date.now() + ms,
    end() {
      clearTimeout(timer);
      caller?.removeEventListener('abort', onAbort);
    },
  };
}

/** Waits for `promise` no longer than `signal` allows. What it stands for goes on. */
export async function waitWithin<Value>(promise: Promise<Value>, signal: AbortSignal): Promise<Value> {
  signal.throwIfAborted();
  let onAbort = () => {};
  const gaveUp = new Promise<never>((_, reject) => {
    onAbort = () => reject(signal.reason);
    signal.addEventListener('abort', onAbort);
  });
  try {
    return await Promise.race([promise, gaveUp]);
  } finally {
    signal.removeEventListener('abort', onAbort);
  }
}
