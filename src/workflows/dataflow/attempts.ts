import type { LookBack } from '../../activities/index.ts';
import type { Definition } from '../../definition/definition.ts';
import { resources } from '../../resources/index.ts';
import type { Kind } from '../../resources/kinds.ts';
import type { Observed } from '../../resources/resource.ts';
import type { CreateOnce, Outside } from './create-once.ts';

/**
 * The attempts of one execution to create its dataflow: `resume` begins another, perhaps with other names. What requests
 * of any of them may have made is looked for by the names and nonces of all.
 */
export class Attempts {
  /** Undefined until the look back: nothing is made before. */
  earlier: LookBack | undefined;
  readonly #begun: { definition: Definition; protocol: CreateOnce }[] = [];

  begun(definition: Definition, protocol: CreateOnce): void {
    this.#begun.push({ definition, protocol });
  }

  /** Kinds with a request whose resource has not been seen, and when the last of them must have shown. Epoch milliseconds. */
  unaccounted(): { kinds: Kind[]; shownBy: number } {
    const open = this.#protocols.map((protocol) => protocol.unaccounted());
    const kinds = new Set(open.flatMap((one) => one.kinds));
    return { kinds: [...kinds], shownBy: Math.max(0, ...open.map(({ shownBy }) => shownBy)) };
  }

  /** Whether something of ours was found that no run made of which Temporal knows. */
  get metUnknownRun(): boolean {
    return this.#protocols.some((protocol) => protocol.metUnknownRun);
  }

  /** All that shows of one kind. */
  async look(kind: Kind, { look }: Outside): Promise<Observed[]> {
    const names = new Set(this.#begun.map(({ definition }) => resources[kind].name(definition)));
    const nonces = this.#protocols.flatMap((protocol) => protocol.traces(kind).nonces);
    const request = { nonces, since: this.since(kind) };
    const looks = await Promise.all([...names].map((name) => look(kind, { ...request, name })));
    const found = looks.flatMap((one) => one.found);
    return [...new Map(found.map((one) => [one.id, one])).values()];
  }

  /** When the first request for it can have been sent. Epoch milliseconds. */
  since(kind: Kind): number {
    return Math.min(...this.#protocols.map((protocol) => protocol.traces(kind).since));
  }

  /** Whether a resource was made by a request of this execution, answered or not. */
  isOwn(kind: Kind, one: Observed): boolean {
    return this.#protocols.some((protocol) => protocol.isOwn(kind, one));
  }

  /** What is beside the ones that the last attempt made or adopted and cannot be deleted. */
  get staying() {
    return this.#protocols.at(-1)?.staying ?? [];
  }

  /** All of this kind that was in doubt has been looked for, and what was one too many is gone or told. */
  accounted(kind: Kind): void {
    for (const protocol of this.#protocols) protocol.accounted(kind);
  }

  get #protocols(): CreateOnce[] {
    return this.#begun.map(({ protocol }) => protocol);
  }
}
