import { setTimeout as sleep } from 'node:timers/promises';
import { startWorker } from '../../dev/local-stack.ts';
import { startTemporal, type TemporalServer } from '../../dev/temporal-server.ts';

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
  readonly #dbFilename: string;
  readonly #workers: WorkerProcess[] = [];
  readonly #ending: Promise<unknown>[] = [];
  #temporal: TemporalServer;

  constructor(
    temporal: TemporalServer,
    dbFilename: string,
    env: Record<string, string>,
    random: () => number,
  ) {
    this.#temporal = temporal;
    this.#dbFilename = dbFilename;
    this.#env = env;
    this.#random = random;
  }

  async startWorkers(count: number): Promise<void> {
    for (let index = 0; index < count; index++) this.#workers.push(await startWorker(this.#env));
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
    await Promise.all(this.#workers.map((worker) => worker.stop(0)));
    await Promise.all(this.#ending);
    await this.#temporal.close();
  }

  async #killWorker(): Promise<void> {
    this.killed.kills += 1;
    const index = this.#any();
    const worker = this.#workers[index]!;
    process.kill(worker.pid, 'SIGKILL');
    await worker.ended;
    this.#workers[index] = await startWorker(this.#env);
  }

  async #pauseWorker(): Promise<void> {
    this.killed.pauses += 1;
    const { pid } = this.#workers[this.#any()]!;
    process.kill(pid, 'SIGSTOP');
    await sleep(200 + 4_000 * this.#random());
    process.kill(pid, 'SIGCONT');
  }

  async #shutDownWorker(): Promise<void> {
    this.killed.shutdowns += 1;
    const index = this.#any();
    this.#ending.push(this.#workers[index]!.stop(10_000));
    this.#workers[index] = await startWorker(this.#env);
  }

  async #killServer(): Promise<void> {
    this.killed.serverKills += 1;
    const port = Number(this.#temporal.address.split(':')[1]);
    process.kill(this.#temporal.pid, 'SIGKILL');
    await this.#temporal.ended;
    this.#temporal = await startTemporal({ port, headless: true, dbFilename: this.#dbFilename });
  }

  #any(): number {
    return Math.floor(this.#random() * this.#workers.length);
  }
}
