import { setTimeout as sleep } from 'node:timers/promises';
import { startWorker } from '../../dev/local-stack.ts';
import type { StruckServer } from './struck-server.ts';

type WorkerProcess = Awaited<ReturnType<typeof startWorker>>;

export interface Killed {
  kills: number;
  pauses: number;
  shutdowns: number;
  serverKills: number;
}

/** The processes of a stack, and what is done to them, at random but the same way for the same seed. */
export class Processes {
  readonly killed: Killed = { kills: 0, pauses: 0, shutdowns: 0, serverKills: 0 };
  readonly #env: Record<string, string>;
  readonly #random: () => number;
  readonly #bundle: string;
  readonly #workers: WorkerProcess[] = [];
  readonly #ending: Promise<unknown>[] = [];
  readonly #server: StruckServer;
  #closing = false;

  constructor(server: StruckServer, bundle: string, env: Record<string, string>, random: () => number) {
    this.#server = server;
    this.#bundle = bundle;
    this.#env = env;
    this.#random = random;
  }

  async startWorkers(count: number): Promise<void> {
    for (let index = 0; index < count; index++) await this.#startWorker(index);
  }

  /** As any supervisor does: one that has ended is started anew, for a worker cannot start while the server is away. */
  async #startWorker(index: number): Promise<void> {
    const worker = await startWorker(this.#env, { bundle: this.#bundle });
    this.#workers[index] = worker;
    void worker.ended.then(async () => {
      if (this.#closing || this.#workers[index] !== worker) return;
      await sleep(500);
      if (!this.#closing) await this.#startWorker(index);
    });
  }

  /** Lets processes alone for a while, and then not, until told to stop. */
  async harass(signal: AbortSignal, everyMs: number): Promise<void> {
    for (;;) {
      await sleep(everyMs * (0.5 + this.#random()), undefined, { signal }).catch(() => undefined);
      if (signal.aborted) return;
      const dice = this.#random();
      if (dice < 0.3) await this.#killWorker();
      else if (dice < 0.6) await this.#pauseWorker();
      else if (dice < 0.8) await this.#shutDownWorker();
      else if (dice < 0.92) await this.#killServer();
      else await Promise.all([this.#killWorker(), this.#killServer()]);
    }
  }

  async close(): Promise<void> {
    this.#closing = true;
    await Promise.all(this.#workers.map((worker) => worker.stop(0)));
    await Promise.all(this.#ending);
  }

  async #killWorker(): Promise<void> {
    this.killed.kills += 1;
    signal(this.#workers[this.#any()]!, 'SIGKILL');
  }

  async #pauseWorker(): Promise<void> {
    this.killed.pauses += 1;
    const worker = this.#workers[this.#any()]!;
    signal(worker, 'SIGSTOP');
    await sleep(200 + 4_000 * this.#random());
    signal(worker, 'SIGCONT');
  }

  async #shutDownWorker(): Promise<void> {
    this.killed.shutdowns += 1;
    const index = this.#any();
    const worker = this.#workers[index]!;
    // The next one is there before this one ends, as in a rolling deployment.
    await this.#startWorker(index);
    this.#ending.push(worker.stop(10_000));
  }

  async #killServer(): Promise<void> {
    this.killed.serverKills += 1;
    await this.#server.strike(this.#random);
  }

  #any(): number {
    return Math.floor(this.#random() * this.#workers.length);
  }
}

/** It may have ended by itself just now. */
function signal({ pid }: WorkerProcess, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}
