import { titleOf } from '../../resources/index.ts';
import { defineSignal, setHandler } from '@temporalio/workflow';
import { cut } from '../../cut.ts';
import { isObject } from '../../definition/plain-json.ts';
import { textAt } from '../../resources/json.ts';
import { kinds } from '../../resources/kinds.ts';
import { waitsName } from '../../runs/names.ts';
import type { Waiting } from '../messages.ts';

const longestText = 1_000;

const waitsSignal = defineSignal<[unknown]>(waitsName);

/**
 * Which calls of this execution wait for AEP, and why. Only the calls themselves know: one that has failed for a while
 * signals it (see `activities/dataflow/tell-wait.ts`), once, and it is over when the call has ended.
 */
export class Waits {
  readonly #underWay = new Map<string, number>();
  readonly #waiting = new Map<string, Waiting>();
  readonly #changed: (waiting: Waiting[]) => void;

  /** @param changed hears of all that wait, whenever that is another. */
  constructor(changed: (waiting: Waiting[]) => void) {
    this.#changed = changed;
    setHandler(waitsSignal, (told) => this.#hear(told));
  }

  /** Says that a call is under way until it has ended. Returns the same promise. */
  during<Answer>(activity: string, call: Promise<Answer>): Promise<Answer> {
    this.#underWay.set(activity, (this.#underWay.get(activity) ?? 0) + 1);
    const ended = () => {
      const left = this.#underWay.get(activity)! - 1;
      this.#underWay.set(activity, left);
      if (left === 0 && this.#waiting.delete(activity)) this.#tell();
    };
    call.then(ended, ended);
    return call;
  }

  /** Anybody can send a signal, and a late one may come when its call has ended: both are ignored. */
  #hear(told: unknown): void {
    if (!isObject(told)) return;
    const [activity, why, message] = ['activity', 'why', 'message'].map((key) => textAt(told, key));
    if (activity === undefined || why === undefined || message === undefined) return;
    if (!this.#underWay.get(activity)) return;
    const about = kinds.find((kind) => activity.toLowerCase().endsWith(kind.toLowerCase()));
    this.#waiting.set(activity, {
      activity,
      ...(about ? { about: titleOf(about) } : {}),
      why: cut(why, longestText),
      message: cut(message, longestText),
      since: Date.now(),
    });
    this.#tell();
  }

  #tell(): void {
    this.#changed([...this.#waiting.values()]);
  }
}
