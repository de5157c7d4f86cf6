import type { Aep, Call } from '../../src/aep/aep.ts';
import { classify } from '../../src/aep/classify.ts';
import type { Described } from '../../src/aep/explore.ts';
import {
  NotReached,
  RateLimited,
  Rejected,
  TitleTaken,
  Unauthorized,
  Unavailable,
} from '../../src/aep/errors.ts';
import { resources } from '../../src/resources/index.ts';
import { kinds } from '../../src/resources/kinds.ts';
import type { FlowAction } from '../../src/aep/flow-service.ts';
import type { JsonObject, Operation } from '../../src/resources/resource.ts';
import type { CallFault, Commit, Loss, Refusal, ShelfName } from './faults.ts';
import { Shelf, shelfOf } from './shelf.ts';
import { uuidOf, type SimulatedProcess, type VirtualClock } from './virtual-clock.ts';

export interface AepSettings {
  httpTimeoutMs: number;
  /** The latest that a request takes effect after it was given up. Milliseconds. */
  lateCommitMs: number;
  /** Milliseconds until a list is sure to show what was made and not to show what was deleted. */
  listLagMs: number;
  /** Until then each list may or may not show it; else none does. */
  flickering: boolean;
  mappingSetNames: 'kept' | 'dropped';
  /** Whether a refusal for a title that is taken names the one that has it. */
  titleTakenNamesIt: boolean;
  /** Milliseconds that a call takes. */
  latencyMs: number;
}

/** A POST of which nobody had an answer. */
interface Doubted {
  shelf: ShelfName;
  mark: string;
  /** When what it makes is sure to show, if it makes anything. Epoch milliseconds. */
  until: number;
  /** What it made. */
  id?: string;
}

interface Sent {
  fault: CallFault | undefined;
  shelf: ShelfName;
  /** What is to be created, if anything. */
  body: JsonObject | undefined;
  /** What the call does to AEP, and what it answers. */
  effect: () => unknown;
}

/** Of the definitions that are played. */
const columns = [
  'Id',
  'Name',
  'Phone',
  'TestID',
  'Datefield',
  'OrderID',
  'CustomerID',
  'EmployeeID',
  'OrderDate',
  'updatedAt',
].map((name) => ({ name, type: 'string', xdm: { type: 'string' } }));

/** AEP in memory, on a virtual clock, with everything that can go wrong on the way there. */
export class SimulatedAep {
  readonly shelves: Record<ShelfName, Shelf>;
  calls = 0;
  readonly struck: CallFault[] = [];
  /** When the last request took effect. Epoch milliseconds. */
  lastCommitAt = 0;
  /** What took effect while there was another of the same dataflow: one too many, if only until it was swept. */
  readonly twins: string[] = [];
  readonly #doubted: Doubted[] = [];
  /** When two flows of the dataflow were enabled at once, other than by a create that came twice. Epoch milliseconds. */
  readonly enabledTogether: number[] = [];
  #changes = 0;
  /** What was sent while an earlier request for the same could still take effect or was not sure to show. */
  readonly tooEarly: string[] = [];
  readonly #clock: VirtualClock;
  readonly #settings: AepSettings;
  readonly #faults: CallFault[];
  readonly #counts = new Map<string, number>();
  readonly #hit: (process: SimulatedProcess, fault: CallFault) => void;

  constructor(
    clock: VirtualClock,
    settings: AepSettings,
    faults: readonly CallFault[],
    hit: (process: SimulatedProcess, fault: CallFault) => void,
  ) {
    this.#clock = clock;
    this.#settings = settings;
    this.#faults = [...faults];
    this.#hit = hit;
    const shelf = () => new Shelf(clock, settings);
    this.shelves = {
      connections: shelf(),
      sourceConnections: shelf(),
      targetConnections: shelf(),
      flows: shelf(),
      schemas: shelf(),
      classes: shelf(),
      dataSets: shelf(),
      mappingSets: shelf(),
    };
  }

  /** AEP as one process reaches it. */
  for(process: SimulatedProcess): Aep {
    const collection = (shelf: ShelfName) => this.#collection(process, shelf);
    const titled = (shelf: ShelfName) => {
      const { list, ...rest } = collection(shelf);
      return {
        ...rest,
        list: (call: Call) => list(call, {}),
        findByTitle: async (call: Call, title: string) => (await list(call, { name: title }))[0],
      };
    };
    const mappingSets = collection('mappingSets');
    // What tells of no field may hold any.
    const anyFields = {
      expanded: async (_: Call, id: string) => ({ $id: id }),
      ids: async () => [],
    };
    const notSimulated = () => Promise.reject(new Error('Not simulated'));
    return {
      now: () => this.#clock.now(),
      sandboxes: notSimulated,
      flowService: {
        connections: collection('connections'),
        sourceConnections: collection('sourceConnections'),
        targetConnections: collection('targetConnections'),
        flows: collection('flows'),
        flowsUsing: async (call, end, id) => {
          const flows = await collection('flows').list(call, {});
          return flows.filter((flow) => (flow[end] as string[] | undefined)?.includes(id));
        },
        namesWhere: notSimulated,
        findFlowSpec: (call, name) =>
          this.#ask(process, call, 'get', 'connections', () => ({
            id: `spec of ${name}`,
            name,
          })) as Promise<JsonObject>,
        setFlowState: (call, id, action, etag) =>
          this.#ask(process, call, 'act', 'flows', () => this.#act(id, action, etag)) as Promise<void>,
        createDraft: (call, body) => {
          const create = () => this.#create('flows', { ...body, state: 'draft' }, call.sandbox);
          return this.#ask(process, call, 'create', 'flows', create, body) as Promise<{ id: string }>;
        },
        // Nothing has run yet.
        async *listRuns() {},
        async *flowPages() {},
        testConnection: notSimulated,
        connectionSpec: notSimulated,
        getRun: notSimulated,
        retriggerRun: notSimulated,
      },
      explore: {
        list: notSimulated,
        file: notSimulated,
        // Every table has every column.
        table: (call) =>
          this.#ask(process, call, 'get', 'connections', () => ({ columns, rows: [] })) as Promise<Described>,
      },
      schemaRegistry: {
        schemas: { ...titled('schemas'), ...anyFields, described: notSimulated },
        classes: { ...titled('classes'), ...anyFields },
        fieldGroups: anyFields,
      },
      connectors: { keyExpiry: notSimulated },
      catalog: {
        datasets: collection('dataSets'),
        datasetIds: notSimulated,
        holdsRows: () => Promise.resolve(false),
      },
      dataPrep: {
        mappingSets: {
          ...mappingSets,
          get: async (call, id, version) => versionOf(await mappingSets.get(call, id), version),
          getNewest: mappingSets.get,
          put: (call, id, body) =>
            this.#ask(process, call, 'update', 'mappingSets', () => this.#put(id, body)) as Promise<{
              version: number;
            }>,
          async *newest(call) {
            yield (await mappingSets.list(call, {})).toReversed();
          },
          validate: async () => [],
          preview: notSimulated,
        },
      },
    };
  }

  /** Somebody else changes how often the flows of a dataflow load. */
  changeByOthers(dataflow: string, interval: number): void {
    this.#byOthers('flows', dataflow, (flow) => {
      const schedule = flow['scheduleParams'] as JsonObject;
      if (flow['state'] !== 'draft' && schedule['interval'] !== undefined)
        this.#set('flows', { ...flow, scheduleParams: { ...schedule, interval } });
    });
  }

  /** Somebody else describes what a dataflow has on one shelf, and of a mapping set puts another version. */
  editByOthers(dataflow: string, shelf: ShelfName): void {
    this.#byOthers(shelf, dataflow, (one) => {
      if (shelf === 'mappingSets') this.#put(String(one['id']), { ...one, mappings: [] });
      else this.#set(shelf, { ...one, description: `By others. ${one['description'] as string}` });
    });
  }

  deleteByOthers(dataflow: string, shelf: ShelfName): void {
    this.#byOthers(shelf, dataflow, ({ id }) => this.shelves[shelf].remove(String(id)));
  }

  #byOthers(shelf: ShelfName, dataflow: string, does: (one: JsonObject) => void): void {
    const { lastCommitAt } = this;
    const { observe } = resources[kinds.find((kind) => shelfOf[kind] === shelf)!];
    for (const one of this.shelves[shelf].all()) if (observe(one).mark?.dataflow === dataflow) does(one);
    this.lastCommitAt = lastCommitAt;
  }

  /** Puts something there that was there before. */
  seed(shelf: ShelfName, body: JsonObject): string {
    return this.shelves[shelf].put(this.#idFor(shelf), this.#stored(shelf, body), -Infinity);
  }

  #collection(process: SimulatedProcess, shelf: ShelfName) {
    const on = this.shelves[shelf];
    return {
      list: (call: Call, { name }: { name?: string } = {}) =>
        this.#ask(process, call, 'list', shelf, () =>
          on
            .listed(call.sandbox)
            .filter((one) => name === undefined || (one['name'] ?? one['title']) === name),
        ) as Promise<JsonObject[]>,
      get: (call: Call, id: string) =>
        this.#ask(process, call, 'get', shelf, () => on.get(id, call.sandbox)) as Promise<
          JsonObject | undefined
        >,
      create: (call: Call, body: JsonObject) =>
        this.#ask(
          process,
          call,
          'create',
          shelf,
          () => this.#create(shelf, body, call.sandbox),
          body,
        ) as Promise<{
          id: string;
        }>,
      patch: (call: Call, id: string, operations: readonly Operation[], etag?: string) =>
        this.#ask(process, call, 'update', shelf, () =>
          this.#patch(shelf, id, operations, etag),
        ) as Promise<void>,
      remove: (call: Call, id: string) =>
        this.#ask(process, call, 'remove', shelf, () => on.remove(id)) as Promise<boolean>,
    };
  }

  #create(shelf: ShelfName, body: JsonObject, sandbox: string): { id: string } {
    const call = `POST ${shelf}`;
    if (shelf === 'schemas' || shelf === 'classes') {
      const taken = this.shelves[shelf].all(sandbox).find((one) => one['title'] === body['title']);
      const { titleTakenNamesIt } = this.#settings;
      if (taken)
        throw new TitleTaken({ call, status: 400 }, titleTakenNamesIt ? String(taken['$id']) : undefined);
    }
    if (shelf === 'flows') {
      for (const [refers, to] of [
        ['sourceConnectionIds', 'sourceConnections'],
        ['targetConnectionIds', 'targetConnections'],
      ] as const) {
        const [id] = body[refers] as string[];
        if (!this.shelves[to].get(id!))
          throw new Rejected({ call, status: 400, title: `no ${to} ${id} for the flow` });
      }
    }
    this.lastCommitAt = this.#clock.now();
    const stored = this.#stored(shelf, body);
    this.#noteTwin(shelf, stored);
    return { id: this.shelves[shelf].put(this.#idFor(shelf), stored, this.#clock.now(), sandbox) };
  }

  #patch(shelf: ShelfName, id: string, operations: readonly Operation[], etag: string | undefined): void {
    const stored = this.#toChange(shelf, id, etag);
    this.#set(shelf, operations.reduce(patched, structuredClone(stored)));
  }

  /** Every request makes another version, and the older ones stay. */
  #put(id: string, body: JsonObject): { version: number } {
    const { versions = [], ...before } = this.#toChange('mappingSets', id, undefined);
    const older = [...(versions as JsonObject[]), before];
    const { name, createdDate } = before;
    const named = name === undefined ? {} : { name };
    this.#set('mappingSets', { ...body, ...named, id, createdDate, versions: older, version: older.length });
    return { version: older.length };
  }

  #act(id: string, action: FlowAction, etag: string | undefined): void {
    const flow = this.#toChange('flows', id, etag);
    const from = { enable: 'disabled', disable: 'enabled', publish: 'draft' }[action];
    const call = `POST flows/${id}/action`;
    if (flow['state'] !== from) throw new Rejected({ call, status: 400, code: 'FLOW-1422-400' });
    const { startTime } = flow['scheduleParams'] as { startTime: number };
    if (action === 'publish' && startTime * 1000 < this.#clock.now())
      throw new Rejected({ call, status: 400, code: 'CONNECTOR-1360-400' });
    this.#switch(flow, action === 'disable' ? 'disabled' : 'enabled');
  }

  /** What the watcher of a flow has AEP do for a person. */
  switchByWatcher(id: string, state: 'enabled' | 'disabled'): void {
    const flow = this.shelves.flows.get(id);
    if (flow) this.#switch(flow, state);
  }

  #switch(flow: JsonObject, state: 'enabled' | 'disabled'): void {
    this.#set('flows', { ...flow, state });
    const mark = markOf('flows', flow);
    const enabled = this.shelves.flows
      .all()
      .filter((one) => one['state'] === 'enabled' && markOf('flows', one) === mark);
    if (enabled.length > 1) this.enabledTogether.push(this.#clock.now());
  }

  #toChange(shelf: ShelfName, id: string, etag: string | undefined): JsonObject {
    const stored = this.shelves[shelf].get(id);
    const call = `PATCH ${shelf}/${id}`;
    if (!stored) throw new Rejected({ call, status: 404 });
    if (etag !== undefined && stored['etag'] !== etag)
      throw new Rejected({ call, status: 412, code: 'FLOW-1404-412' });
    return stored;
  }

  #set(shelf: ShelfName, value: JsonObject): void {
    this.lastCommitAt = this.#clock.now();
    this.shelves[shelf].set(String(value['id']), { ...value, etag: this.#newEtag() });
  }

  #newEtag(): string {
    return `version ${(this.#changes += 1)}`;
  }

  #noteTwin(shelf: ShelfName, stored: JsonObject): void {
    const mark = markOf(shelf, stored);
    const flows = this.shelves.flows.all().filter((one) => mark && markOf('flows', one) === mark);
    // What takes the place of a flow, or of its pair, is there beside it for a while.
    const others =
      shelf === 'flows' && stored['state'] === 'draft'
        ? flows.filter(({ state }) => state === 'draft')
        : shelf !== 'flows' && flows.length > 0
          ? []
          : this.shelves[shelf].all();
    if (mark && others.some((one) => markOf(shelf, one) === mark)) this.twins.push(shelf);
  }

  /** A request that nobody will have an answer to: until it shows, or cannot any more, there must be no other. */
  #noteDoubt(shelf: ShelfName, body: JsonObject, givenUpAt: number): Doubted | undefined {
    const { lateCommitMs, listLagMs } = this.#settings;
    const mark = markOf(shelf, body);
    if (!mark) return undefined;
    const doubted: Doubted = { shelf, mark, until: givenUpAt + lateCommitMs + listLagMs };
    this.#doubted.push(doubted);
    return doubted;
  }

  #noteTooEarly(shelf: ShelfName, body: JsonObject): void {
    const mark = markOf(shelf, body);
    const open = this.#doubted.find(
      (one) =>
        one.shelf === shelf && one.mark === mark && one.id === undefined && one.until > this.#clock.now(),
    );
    if (mark && open) this.tooEarly.push(`${shelf}, ${open.until - this.#clock.now()} ms`);
  }

  #idFor(shelf: ShelfName): string {
    const id = uuidOf(this.#clock.random.bind(this.#clock));
    return shelf === 'schemas' || shelf === 'classes' ? `https://ns.adobe.com/simulated/${shelf}/${id}` : id;
  }

  #stored(shelf: ShelfName, body: JsonObject): JsonObject {
    const now = this.#clock.now();
    const stored = structuredClone(body);
    if (shelf === 'schemas' || shelf === 'classes')
      return { ...stored, 'meta:registryMetadata': { 'repo:createdDate': now } };
    if (shelf === 'dataSets') return { ...stored, created: now };
    if (shelf !== 'mappingSets')
      return { ...stored, createdAt: now, state: stored['state'] ?? 'enabled', etag: this.#newEtag() };
    if (this.#settings.mappingSetNames === 'dropped') delete stored['name'];
    return { ...stored, version: 0, createdDate: now };
  }

  /** One call, from the process's decision to send it to the answer it gets, if any. */
  #ask(
    process: SimulatedProcess,
    call: Call,
    verb: CallFault['verb'],
    shelf: ShelfName,
    effect: () => unknown,
    body?: JsonObject,
  ): Promise<unknown> {
    const fault = this.#take(verb, shelf);
    const { latencyMs, httpTimeoutMs } = this.#settings;
    const deadlineAt = this.#clock.now() + (call.timeoutMs ?? httpTimeoutMs);
    const about = `${verb} ${shelf}`;
    return new Promise((resolve, reject) => {
      let sent = false;
      const end = { resolve, reject, about };
      const giveUp = (code: string) =>
        reject(sent ? new Unavailable({ call: about, code }) : new NotReached({ call: about, code }));
      const timer = this.#clock.after(deadlineAt - this.#clock.now(), () => giveUp('TIMEOUT'), process);
      call.signal?.addEventListener('abort', () => giveUp('ABORTED'), { once: true });
      const stop = () => this.#clock.cancel(timer);
      this.#hitAt('beforeSending', process, fault);
      // The token, the connection: time passes before a request goes out.
      this.#clock.after(
        latencyMs / 4,
        () => {
          if (call.signal?.aborted || this.#clock.now() > deadlineAt) return;
          try {
            call.beforeSend?.();
          } catch (veto) {
            stop();
            reject(veto);
            return;
          }
          sent = true;
          this.calls += 1;
          if (body) this.#noteTooEarly(shelf, body);
          this.#hitAt('sent', process, fault);
          const asked = { fault, shelf, body, effect };
          this.#clock.after(
            latencyMs / 4,
            () => this.#arrive(process, asked, deadlineAt, end, stop),
            'nobody',
          );
        },
        process,
      );
    });
  }

  #arrive(
    process: SimulatedProcess,
    { fault, shelf, body, effect }: Sent,
    deadlineAt: number,
    end: { resolve: (value: unknown) => void; reject: (error: Error) => void; about: string },
    stop: () => void,
  ): void {
    const how = fault?.how;
    const answer = (ms: number, deliver: () => void) =>
      this.#clock.after(
        ms,
        () => {
          stop();
          deliver();
          this.#hitAt('answered', process, fault);
          this.#hitAt('noted', process, fault);
        },
        process,
      );
    const soon = this.#settings.latencyMs / 2;
    if (how && 'refusal' in how) return void answer(soon, () => end.reject(refusal(how.refusal, end.about)));

    const now = this.#clock.now();
    const givenUpAt =
      how && 'loss' in how && how.loss !== 'hang' ? Math.min(now + how.afterMs, deadlineAt) : deadlineAt;
    const commit = how && !('refusal' in how) ? how.commit : { part: 0 };
    const outcome: { value?: unknown; error?: Error } = {};
    const doubted = how && body && this.#noteDoubt(shelf, body, givenUpAt);
    const take = () => {
      try {
        outcome.value = effect();
        if (doubted) doubted.id = (outcome.value as { id: string }).id;
      } catch (error) {
        outcome.error = error as Error;
      }
      this.#hitAt('committed', process, fault);
    };
    const inMs = this.#commitIn(commit, givenUpAt - now);
    if (inMs === 0) take();
    else if (inMs !== undefined) this.#clock.after(inMs, take, 'nobody');
    const tell = () => (outcome.error ? end.reject(outcome.error) : end.resolve(outcome.value));
    if (!how) return void answer(soon, tell);
    if ('hit' in how) return void (inMs === undefined ? undefined : answer(inMs + soon, tell));
    if (how.loss === 'hang') return;
    const lost = lossOf(how.loss, end.about);
    answer(givenUpAt - now, () => end.reject(lost));
  }

  /** Milliseconds from the arrival until the call takes effect; undefined where it never does. */
  #commitIn(commit: Commit, givenUpInMs: number): number | undefined {
    if (commit === 'never') return undefined;
    const latest = givenUpInMs + this.#settings.lateCommitMs;
    return 'part' in commit ? commit.part * latest : latest + commit.beyondSeconds * 1_000;
  }

  #take(verb: CallFault['verb'], shelf: ShelfName): CallFault | undefined {
    const sort = `${verb} ${shelf}`;
    const nth = this.#counts.get(sort) ?? 0;
    this.#counts.set(sort, nth + 1);
    const index = this.#faults.findIndex(
      (one) => one.verb === verb && one.shelf === shelf && one.nth === nth,
    );
    if (index < 0) return undefined;
    const [fault] = this.#faults.splice(index, 1);
    this.struck.push(fault!);
    return fault;
  }

  #hitAt(point: string, process: SimulatedProcess, fault: CallFault | undefined): void {
    if (fault && 'hit' in fault.how && fault.how.point === point) this.#hit(process, fault);
  }
}

/** One step of a JSON Patch, as far as ours go. */
function patched(value: JsonObject, { op, path, value: wanted }: Operation): JsonObject {
  const keys = path.slice(1).split('/');
  const last = keys.pop()!;
  const holder = keys.reduce<JsonObject>((one, key) => (one[key] ??= []) as JsonObject, value);
  if (last === '-') (holder as unknown as unknown[]).push(wanted);
  else if (op === 'remove') delete holder[last];
  else holder[last] = wanted;
  return value;
}

/** One version of a mapping set; the newest where none is asked for. */
export function versionOf(
  newest: JsonObject | undefined,
  version: number | undefined,
): JsonObject | undefined {
  if (!newest || version === undefined || version === newest['version']) return newest;
  return (newest['versions'] as JsonObject[] | undefined)?.[version];
}

/** Whose a resource is by its mark. AEP cannot delete mapping sets, so that one of each mapping may stay. */
function markOf(shelf: ShelfName, stored: JsonObject): string | undefined {
  const kind = kinds.find((one) => shelfOf[one] === shelf && !resources[one].hasUniqueTitle);
  if (!kind) return undefined;
  const { mark, fields } = resources[kind].observe({ ...stored, id: 'any' });
  return mark && (kind === 'mappingSet' ? `${mark.dataflow} ${JSON.stringify(fields)}` : mark.dataflow);
}

function lossOf(loss: Exclude<Loss, 'hang'>, call: string): Error {
  if (loss === 'refusal') {
    const brokenOff = { kind: 'refused', status: 400, headers: new Headers(), body: undefined } as const;
    return classify({ call, of: 'aep' }, brokenOff, String);
  }
  const status = { reset: undefined, error: 500, truncated: 200 }[loss];
  const code = { reset: 'ECONNRESET', error: '500000', truncated: 'UNREADABLE' }[loss];
  return new Unavailable({ call, code, ...(status ? { status } : {}) });
}

function refusal(sort: Refusal, call: string): Error {
  switch (sort) {
    case 'notReached':
      return new NotReached({ call, code: 'ECONNREFUSED' });
    case 'rateLimited':
      return new RateLimited({ call, status: 429 });
    case 'rateLimitedLong':
      return new RateLimited({ call, status: 429, retryAfterMs: 20_000 });
    case 'unauthorized':
      return new Unauthorized({ call, status: 401 }, false);
    case 'refused':
      break;
  }
  return new Rejected({ call, status: 400, code: 'FLOW-1367-400' });
}
