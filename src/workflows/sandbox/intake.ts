import { condition, setHandler } from '@temporalio/workflow';
import { z } from 'zod';
import { cut, longestText } from '../../cut.ts';
import type { Definition } from '../../definition/definition.ts';
import { dataflowId } from '../../definition/identity.ts';
import { bytesOf, bytesOfAll, namesOf, saidNames, tooManyDefinitions } from '../../definition/many.ts';
import { didYouMean, nearest } from '../../definition/nearest.ts';
import { parseDefinition, type Parsed } from '../../definition/parse.ts';
import { maxBytes } from '../../definition/plain-json.ts';
import { InvalidDefinitionError, type Problem } from '../../definition/problems.ts';
import type { Approved } from '../../plan/next-of.ts';
import { fail } from '../failures.ts';
import { checkInput, wrongInput } from '../inputs.ts';
import { addUpdate } from './many-messages.ts';
import type { Added, AddedToApply, Failed, PlannedDataflow } from './many-messages.ts';

/** A definition that waits for its turn: as it was parsed, or what is wrong with it. */
export type Entry =
  | ({ definition: Definition; approved?: Approved | undefined; tries?: number } & Pick<Parsed, 'elsewhere'>)
  | WrongEntry;

export interface WrongEntry {
  definition?: undefined;
  wrong: PlannedDataflow;
}

/** What one run of the workflow hands to the next. */
export interface Carried<Told extends PlannedDataflow> {
  waiting: Entry[];
  told: Told[];
  more: boolean;
}

/** Of the definitions in one call of the worker. */
const mostInPiece = 200;
const mostBytesInPiece = 300_000;
/** All that a run holds and hands to the next: what waits, and what is told in the end. */
const mostBytesHeld = 900_000;
/** From here on what went wrong is told in a few words: the result of so many must fit. */
const manyBytesTold = 400_000;
const fewWords = 30;
const problemsToTell = 20;
const longestName = 255;
const wrongInAnswer = 50;
/** For so long is waited for definitions that were announced. */
const patience = '1 hour';

export const definitionsShape = () => ({
  definitions: z.array(z.unknown()).optional().describe('Definitions of dataflows.'),
  more: z.boolean().optional().describe('Whether others follow, by the update "add".'),
});

export const approvedShape = () =>
  z.strictObject({
    digest: z.string().optional(),
    replaceFlow: z.enum(['from-now', 'backfill']).optional(),
    missingFlow: z.enum(['recreate']).optional(),
  }) satisfies z.ZodType<Approved>;

/** The definitions that came in, in their order, and what is told of those that have had their turn. */
export class Intake<Told extends PlannedDataflow> {
  readonly waiting: Entry[] = [];
  readonly told: Told[] = [];
  readonly #known = new Set<string>();
  /** Of all that came and is not told, and of all that is. */
  #bytes = 0;
  #bytesTold = 0;
  #more = false;
  /** Whether the run still takes definitions. */
  #isOpen = true;

  constructor(carried: Carried<Told> | undefined) {
    if (!carried) return;
    this.#more = carried.more;
    for (const one of carried.told) this.tell(one);
    for (const entry of carried.waiting) {
      this.waiting.push(entry);
      this.#bytes += bytesOf(entry);
      if (entry.definition) this.#known.add(dataflowId(entry.definition));
    }
  }

  get carried(): Carried<Told> {
    return { waiting: this.waiting, told: this.told, more: this.#more };
  }

  get expectsMore(): boolean {
    return this.#more;
  }

  /**
   * Takes definitions by the update `add`, too.
   * @param room how many bytes this run can still take. Of what is refused nothing is in the history.
   * @param all what counts for each dataflow, unless something else is said of it.
   */
  listen(shape: z.ZodType<AddedToApply>, room: () => number, all: Approved = {}): void {
    const what = 'These definitions cannot be added';
    setHandler(addUpdate, (asked) => this.take(checkInput(shape, asked, what), all), {
      validator: (asked) => {
        const read = checkInput(shape, asked, what);
        mustBeGood(read, what);
        if (!this.#isOpen)
          throw fail('Conflict', `${what}: all that was to come has come. Start another workflow`);
        const { definitions = [], each = {} } = read;
        const bytes = bytesOfAll(definitions) + bytesOf(each);
        const known = this.told.length + this.waiting.length;
        const tooMany = tooManyDefinitions(known + definitions.length);
        if (tooMany) throw fail('Conflict', `${what}: with those that came before they ${tooMany}`);
        if (this.#bytes + bytes > mostBytesHeld || bytes > room())
          throw fail('Unavailable', `${what} yet: as many wait as can be held. Send them again in a moment`);
      },
    });
  }

  /** Takes definitions: a wrong one is told for itself. */
  take({ definitions = [], more = false, each = {} }: AddedToApply, all: Approved = {}): Added {
    this.#more = more;
    const added: Added = { taken: 0, wrong: [] };
    definitions.forEach((given, index) => {
      const entry = this.#entryOf(given, index, each, all);
      this.waiting.push(entry);
      this.#bytes += bytesOf(entry);
      if (entry.definition) added.taken += 1;
      else if (added.wrong.length < wrongInAnswer)
        added.wrong.push({ index, name: entry.wrong.name, problems: entry.wrong.error?.problems ?? [] });
    });
    return added;
  }

  #entryOf(given: unknown, index: number, each: Record<string, Approved>, all: Approved): Entry {
    try {
      const { definition, elsewhere } = parseDefinition(given);
      const dataflow = dataflowId(definition);
      if (this.#known.has(dataflow)) {
        const message = `${dataflow} is given more than once: the first counts`;
        throw new InvalidDefinitionError([{ field: 'name', message }]);
      }
      this.#known.add(dataflow);
      const own = each[dataflow] ?? each[definition.name];
      const approved = { ...all, ...own };
      return {
        definition,
        ...(Object.keys(approved).length > 0 ? { approved } : {}),
        ...(elsewhere ? { elsewhere } : {}),
      };
    } catch (error) {
      if (!(error instanceof InvalidDefinitionError)) throw error;
      return { wrong: this.#wrong(given, index, error) };
    }
  }

  #wrong(given: unknown, index: number, { message, problems }: InvalidDefinitionError): PlannedDataflow {
    const { name, sandbox } = saidNames(given);
    const told = problems.slice(0, problemsToTell).map((one) => ({
      ...one,
      field: cut(one.field, longestText),
      message: cut(one.message, longestText),
    }));
    const error: Failed = { type: 'InvalidDefinition', message: cut(message, longestText), problems: told };
    return {
      sandbox: typeof sandbox === 'string' ? cut(sandbox, longestName) : '',
      name: typeof name === 'string' ? cut(name, longestName) : `definitions[${index}]`,
      error,
    };
  }

  /** The next ones, as many as go into one call of the worker. */
  nextPiece(): Entry[] {
    let bytes = 0;
    let count = 0;
    for (const entry of this.waiting) {
      bytes += bytesOf(entry);
      if (count === mostInPiece || (bytes > mostBytesInPiece && count > 0)) break;
      count += 1;
    }
    return this.waiting.splice(0, count);
  }

  /** Takes back what has had no turn after all. */
  putBack(entries: readonly Entry[]): void {
    this.waiting.unshift(...entries);
  }

  /** Tells what became of one: of an entry that came to this run, it is held no more. */
  tell(one: Told, entry?: Entry): void {
    if (entry) this.#bytes -= bytesOf(entry);
    const told = this.#bytesTold > manyBytesTold ? inFewWords(one) : one;
    this.told.push(told);
    this.#bytesTold += bytesOf(told);
    // One that was wrong may come again, corrected.
    if (one.digest !== undefined) this.#known.add(dataflowId(one));
    this.#bytes += bytesOf(told);
  }

  /** Waits until more has come of what was announced, or nothing comes any more. */
  async moreCame(): Promise<void> {
    const { length } = this.waiting;
    const came = await condition(() => this.waiting.length > length || !this.#more, patience);
    if (!came) this.#more = false;
  }

  /** Takes no more: who comes late is told. */
  close(): void {
    this.#isOpen = false;
  }
}

/** Of what a run is started with. @throws InvalidDefinition, also where there is nothing to do: a path was wrong, or a name. */
export function mustBeginWithSome(asked: AddedToApply, what: string): void {
  const isNothing = (asked.definitions ?? []).length === 0 && asked.more !== true;
  const message = 'are none: give some, or "more": true where they come by the update "add"';
  mustBeGood(asked, what, isNothing ? [{ field: 'definitions', message }] : []);
}

/**
 * What is wrong with all of what was given, and with none of the definitions.
 * @throws InvalidDefinition
 */
function mustBeGood(
  { definitions = [], each = {} }: AddedToApply,
  what: string,
  before: Problem[] = [],
): void {
  const problems = [...before];
  const bytes = bytesOfAll(definitions);
  if (bytes > maxBytes) {
    const message = `must be at most ${maxBytes} bytes of JSON, and are ${bytes}: give the first with "more": true, and the others by the update "add"`;
    problems.push({ field: 'definitions', message });
  }
  const tooMany = tooManyDefinitions(definitions.length);
  if (tooMany) problems.push({ field: 'definitions', message: tooMany });
  const names = tooMany ? Object.keys(each) : definitions.flatMap(namesOf);
  for (const name of Object.keys(each)) {
    if (names.includes(name)) continue;
    const hint = didYouMean(nearest(name, names));
    problems.push({
      field: `each.${cut(name, longestText)}`,
      message: `is none of these definitions${hint}`,
    });
  }
  if (problems.length > 0) throw wrongInput(what, problems);
}

function inFewWords<One extends PlannedDataflow>(one: One): One {
  if (!one.error) return one;
  const { type, message } = one.error;
  // The name of one that could be planned is needed, to ask for it.
  const named =
    one.digest === undefined ? { name: cut(one.name, fewWords), sandbox: cut(one.sandbox, fewWords) } : {};
  return { ...one, ...named, error: { type, message: cut(message, fewWords) } };
}
