import { cancellationSignal } from '@temporalio/activity';
import { AepError, Rejected } from '../../aep/errors.ts';
import type { Call } from '../../aep/http.ts';
import { judgedBySpec } from '../../definition/connection-spec.ts';
import type { Definition } from '../../definition/definition.ts';
import { dataflowId, workflowId } from '../../definition/identity.ts';
import type { Notes, PlanReads } from '../../plan/reads.ts';
import type { AskedOfSource } from '../../explore/asked-of-source.ts';
import type { SourceAnswer } from '../../explore/source-answer.ts';
import { resources } from '../../resources/index.ts';
import type { Kind } from '../../resources/kinds.ts';
import type { JsonObject, Observed } from '../../resources/resource.ts';
import { readFields, type Field } from '../../xdm/fields.ts';
import { partKey, type Part } from '../../xdm/judge.ts';
import type { Dependencies } from '../dependencies.ts';
import { connectionsFound } from '../connections/find.ts';
import { baseConnectionAnswer, flowSpecAnswer } from '../dataflow/read-facts.ts';
import { descriptorsAnswer, keyAnswer } from '../dataflow/read-source.ts';
import { collectionOf, partAnswer, rowsRefused } from '../dataflow/read-fields.ts';
import { readNotes } from '../dataflow/look-back.ts';
import { askSource } from '../source/ask-source.ts';
import { servicesOf } from '../services.ts';
import { receiversOf } from '../watch/send-notification.ts';
import { Answers } from './answers.ts';

/** A version of a mapping set never changes: what is read of one counts for good. */
export type Versions = {
  known(key: string): Observed | undefined;
  read(key: string, ask: () => Promise<Observed | undefined>): Promise<Observed | undefined>;
};

/** One list, and how it is looked in. */
interface Listed {
  byId: Map<string, Observed>;
  byName: Map<string | undefined, Observed[]>;
  /** By the dataflow that a mark names. */
  byDataflow: Map<string | undefined, Observed[]>;
}

/** How many resources of our name that are not ours are worth telling about. */
const foreignToTell = 3;

/**
 * What AEP has of a whole sandbox: each list is read once, when something first asks for it, and what no list shows is read
 * once however many dataflows ask for it. It is as old as its lists: what is made meanwhile is not in it.
 */
export class Snapshot {
  readonly #dependencies: Dependencies;
  readonly #sandbox: string;
  readonly #versions: Versions;
  readonly #answers = new Answers((error) => error instanceof Rejected);

  constructor(dependencies: Dependencies, sandbox: string, versions: Versions) {
    this.#dependencies = dependencies;
    this.#sandbox = sandbox;
    this.#versions = versions;
  }

  /** Everything that the plan of one dataflow is made from. What ran before is asked for at once: Temporal lists many in one go. */
  readsFor(definition: Definition): PlanReads {
    const { aep } = this.#dependencies;
    const answers = this.#answers;
    const dataflow = dataflowId(definition);
    const notes: Promise<Notes> = readNotes(workflowId(definition));
    // It is awaited later, and not where something else fails before.
    notes.catch(() => undefined);
    return {
      notes: () => notes,
      source: (asked, isNeeded) => (isNeeded ? this.#source(asked) : Promise.resolve(undefined)),
      flowSpec: async (name, settings) => {
        const spec = await answers.of(`flow spec ${name}`, () =>
          aep.flowService.findFlowSpec(this.#call(), name),
        );
        return flowSpecAnswer(spec, settings);
      },
      baseConnection: async (id) => baseConnectionAnswer(await this.#baseConnection(id)),
      connectionsNamed: async (asked) =>
        connectionsFound(await this.#list('datasetBaseConnection'), asked, this.#dependencies),
      given: (kind, id) => this.#read(kind, id),
      connectionSpec: async (id, asked) => {
        const spec = await answers.of(`connection spec ${id}`, () =>
          aep.flowService.connectionSpec(this.#call(), id),
        );
        return spec ? judgedBySpec(spec, asked) : null;
      },
      encryptionKey: (id) => answers.of(`key ${id}`, () => keyAnswer(aep, this.#call(), id)),
      descriptors: (id) => answers.of(`descriptors ${id}`, () => descriptorsAnswer(aep, this.#call(), id)),
      receivers: async () => receiversOf(this.#dependencies),
      part: async (part, paths, nearestTo) =>
        partAnswer(await this.#fields(part), { id: part.id, paths, nearestTo }, () => this.#ids(part.kind)),
      schemaOfTitle: async (title, paths) => {
        const [schema] = (await this.#listed('schema')).byName.get(title) ?? [];
        if (!schema) return {};
        const part = { kind: 'schema' as const, id: schema.id };
        return partAnswer(await this.#fields(part), { id: schema.id, paths }, async () => []);
      },
      validate: (body) => rowsRefused(aep, this.#call(), body),
      look: (kind, knownIds) => this.#look(kind, dataflow, resources[kind].name(definition), knownIds),
      read: (kind, id, version) => this.#read(kind, id, version),
      rows: (datasetId) => this.#rows(datasetId),
    };
  }

  /** What `look` of `activities/dataflow/look.ts` finds by asking. */
  async #look(kind: Kind, dataflow: string, name: string, knownIds: string[]): Promise<Observed[]> {
    const { byName, byDataflow } = await this.#listed(kind);
    const known = await Promise.all(knownIds.map((id) => this.#read(kind, id)));
    const named = byName.get(name) ?? [];
    const isOurs = ({ mark }: Observed) => mark?.dataflow === dataflow;
    // No two mapping sets have the same name: they are known by their mark alone.
    const ours = kind === 'mappingSet' ? (byDataflow.get(dataflow) ?? []) : named.filter(isOurs);
    const found = [...known.flatMap((one) => one ?? []), ...ours.filter(({ id }) => !knownIds.includes(id))];
    if (kind === 'mappingSet') return found;
    const foreign = named.filter((one) => !isOurs(one)).slice(0, foreignToTell);
    return [...found, ...foreign.map(({ id, name }) => ({ id, ...(name ? { name } : {}), fields: {} }))];
  }

  /** What no list shows may be too young for it: it is read. */
  async #read(kind: Kind, id: string, version?: number): Promise<Observed | null> {
    const listed = (await this.#listed(kind)).byId.get(id);
    if (kind === 'mappingSet') return this.#readMappingSet(listed, id, version);
    return listed ?? this.#get(kind, id);
  }

  /** Lists show the newest version of a mapping set: another one costs a call. */
  async #readMappingSet(
    listed: Observed | undefined,
    id: string,
    version: number | undefined,
  ): Promise<Observed | null> {
    // Without a version AEP shows the newest or the first: of a set that has but one, they are the same.
    if (listed && listed.fields['version'] === (version ?? 0)) return listed;
    if (version === undefined) return this.#get('mappingSet', id);
    const key = `${this.#sandbox}/${id}/${version}`;
    const ask = () => this.#get('mappingSet', id, version).then((found) => found ?? undefined);
    return this.#versions.known(key) ?? (await this.#versions.read(key, ask)) ?? null;
  }

  #get(kind: Kind, id: string, version?: number): Promise<Observed | null> {
    return this.#answers.of(`${kind} ${id} ${version ?? ''}`, async () => {
      const answer = await servicesOf(this.#dependencies.aep)[kind].get(this.#call(), id, version);
      return answer ? resources[kind].observe(answer) : null;
    });
  }

  #listed(kind: Kind): Promise<Listed> {
    return this.#answers.of(`listed ${kind}`, async () => {
      const { observe } = resources[kind];
      const all = (await this.#list(kind)).map(observe);
      return {
        byId: new Map(all.map((one) => [one.id, one])),
        byName: grouped(all, ({ name }) => name),
        byDataflow: grouped(all, ({ mark }) => mark?.dataflow),
      };
    });
  }

  /** Ad-hoc schemas are schemas, and are found by their title as all are. */
  #list(kind: Kind): Promise<JsonObject[]> {
    const { aep } = this.#dependencies;
    if (kind === 'schema' || kind === 'adHocSchema')
      return this.#answers.of('all schemas', () => aep.schemaRegistry.schemas.list(this.#call()));
    return this.#answers.of(`all ${kind}`, () => servicesOf(aep)[kind].all(this.#call()));
  }

  async #baseConnection(id: string): Promise<JsonObject | undefined> {
    const all = await this.#answers.of('connections by id', async () => {
      const connections = await this.#list('datasetBaseConnection');
      return new Map(connections.map((one) => [one['id'], one]));
    });
    const { connections } = this.#dependencies.aep.flowService;
    return all.get(id) ?? this.#answers.of(`connection ${id}`, () => connections.get(this.#call(), id));
  }

  #fields(part: Pick<Part, 'kind' | 'id'>): Promise<Field | undefined> {
    return this.#answers.of(`fields ${partKey(part)}`, async () => {
      const { expanded } = collectionOf(this.#dependencies.aep, part.kind);
      const answer = await expanded(this.#call(), part.id);
      return answer && readFields(answer);
    });
  }

  #ids(kind: Part['kind']): Promise<string[]> {
    const { ids } = collectionOf(this.#dependencies.aep, kind);
    return this.#answers.of(`ids ${kind}`, () => ids(this.#call()));
  }

  /** Only for a definition that leaves its columns out: every other would cost a call. */
  #source(asked: AskedOfSource): Promise<SourceAnswer> {
    const { aep } = this.#dependencies;
    return this.#answers.of(`source ${JSON.stringify(asked)}`, () => askSource(aep, this.#call(), asked));
  }

  async #rows(datasetId: string): Promise<boolean | undefined> {
    try {
      const { catalog } = this.#dependencies.aep;
      return await this.#answers.of(`rows ${datasetId}`, () => catalog.holdsRows(this.#call(), datasetId));
    } catch (error) {
      // A warning is not worth another attempt at all of it.
      if (error instanceof AepError) return undefined;
      throw error;
    }
  }

  #call(): Call {
    return { sandbox: this.#sandbox, signal: cancellationSignal() };
  }
}

function grouped<Key>(all: readonly Observed[], by: (one: Observed) => Key): Map<Key, Observed[]> {
  const groups = new Map<Key, Observed[]>();
  for (const one of all) {
    const group = groups.get(by(one));
    if (group) group.push(one);
    else groups.set(by(one), [one]);
  }
  return groups;
}
