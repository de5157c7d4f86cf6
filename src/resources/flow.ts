import type { Definition } from '../definition/definition.ts';
import { sourceFacts } from '../definition/source-facts.ts';
import { givenStartSeconds, startText } from '../definition/start.ts';
import { askedIn, transformations } from '../families/index.ts';
import { askedBy, describedResource, description } from './described-resource.ts';
import { differences, notAsked, type Difference } from './differences.ts';
import { isObject } from '../definition/plain-json.ts';
import { defined, firstTextAt, objectAt, objectsAt, textAt } from './json.ts';
import { operationsFor } from './operations.ts';
import { merged, orNothing, valueBack } from './read-back.ts';
import { flowServiceRecords, without, withoutUsualState } from './records.ts';
import { idOf, type Edit, type JsonObject, type Operation } from './resource.ts';

export const flow = describedResource({
  kind: 'flow',
  title: 'flow',
  needs: ['sourceConnection', 'targetConnection', 'mappingSet'],
  // A second flow would load the data twice.
  insteadOfSecond: 'Give the dataflow another name, or delete that flow',
  keepsInUse: true,
  name: (definition) => definition.name,
  body: (definition, ids, context) => {
    if (!context) throw new Error('A flow needs to know its flow spec');
    return {
      name: definition.name,
      ...description(undefined, definition.description),
      flowSpec: { id: context.flowSpec.id, version: context.flowSpec.version },
      sourceConnectionIds: [idOf(ids, 'sourceConnection')],
      targetConnectionIds: [idOf(ids, 'targetConnection')],
      ...flowSettings(definition, { mappingId: idOf(ids, 'mappingSet') }),
    };
  },
  fields: (object) => ({
    flowSpec: { id: objectAt(object, 'flowSpec')['id'] },
    sourceConnectionIds: object['sourceConnectionIds'],
    targetConnectionIds: object['targetConnectionIds'],
    // By name: an on-demand run of a "once" flow adds a Copy of its own.
    transformations: Object.fromEntries(
      objectsAt(object, 'transformations').map((one) => [textAt(one, 'name') ?? '', paramsOf(one)]),
    ),
    scheduleParams: object['scheduleParams'],
    ...(isObject(object['options']) ? { options: object['options'] } : {}),
    // Asked for by nobody, so that they are no differences.
    state: object['state'],
    mappingVersion: pinnedMapping(object)?.mappingVersion,
  }),
  refersTo: (fields) =>
    defined({
      sourceConnection: firstTextAt(fields, 'sourceConnectionIds'),
      targetConnection: firstTextAt(fields, 'targetConnectionIds'),
      mappingSet: textAt(objectAt(objectAt(fields, 'transformations'), 'Mapping'), 'mappingId'),
    }),
  compare: (wanted, found) => [
    ...differences({ ...wanted, state: undefined, mappingVersion: undefined }, withDefaults(found)),
    ...optionsTooMany(wanted, found),
    ...transformationsTooMany(wanted, found),
  ],
  besides: (wanted, found) => {
    const [asked, there] = [wanted, found].map(deltaColumnOf);
    return asked && there ? notAsked(asked, there, 'transformations.Copy.deltaColumn', () => true) : [];
  },
  asked: (field) => {
    const [first, name, ...inside] = field.split('.');
    if (first === 'transformations' && name !== undefined) return askedIn(name, inside.join('.'));
    return askedBy(
      [
        ['sourceConnectionIds', 'source'],
        ['targetConnectionIds', 'target'],
        ['flowSpec.id', 'source'],
        ['scheduleParams', 'schedule'],
      ],
      field,
    );
  },
  readBack: ({ answer, description }) => {
    const { frequency, interval, backfill, startTime } = objectAt(answer, 'scheduleParams');
    const { partialIngestionPercent, errorDiagnosticsEnabled } = objectAt(answer, 'options');
    const theirs = objectsAt(answer, 'transformations').map(
      (one) =>
        transformations
          .find(({ name }) => name === one['name'])
          ?.readBack(objectAt(one, 'params'), frequency) ?? {},
    );
    return {
      description,
      ...merged(theirs),
      schedule: defined({
        frequency,
        interval: valueBack(interval),
        backfill: valueBack(backfill),
        startTime: startText(Number(startTime)),
      }),
      options: orNothing({
        partialIngestionPercent: valueBack(partialIngestionPercent),
        errorDiagnosticsEnabled: valueBack(errorDiagnosticsEnabled),
      }),
    };
  },
  withoutRecords: (answer) => ({
    ...without(withoutUsualState(answer), [
      ...flowServiceRecords,
      'runs',
      'lastRunDetails',
      'flowSpec.version',
    ]),
    // Which version is pinned no definition says: the flow's own reference is what counts.
    transformations: objectsAt(answer, 'transformations').map((one) =>
      one['name'] === 'Mapping' ? without(one, ['params.mappingVersion']) : one,
    ),
  }),
  // Epoch seconds to AEP, whichever way the definition writes it.
  told: (field, value, { schedule: { startTime } }) =>
    field === 'scheduleParams.startTime' && typeof startTime === 'string'
      ? (startText(Number(value)) ?? value)
      : value,
  isMoot: ({ field }, { body, now }) => {
    const start = objectAt(body, 'scheduleParams')['startTime'];
    const liesAhead = Number(start) * 1000 > now;
    // Both are about the first run: where no start is given, or it has passed, that one is decided.
    return (field === 'scheduleParams.startTime' || field === 'scheduleParams.backfill') && !liesAhead;
  },
  canChange: ({ field, wanted, found }, { body, observed, now }) => {
    if (field === 'options' || field.startsWith('options.')) return true;
    const schedule = objectAt(observed.fields, 'scheduleParams');
    const isOnce = [
      wanted,
      found,
      schedule['frequency'],
      objectAt(body, 'scheduleParams')['frequency'],
    ].includes('once');
    // AEP's pages know no change of a flow that loads once but before it has begun, and that is inferred.
    const hasBegun = Number(schedule['startTime']) * 1000 <= now;
    if (field.startsWith('transformations.Mapping') || isParam(field)) return !isOnce;
    if (field === 'scheduleParams.frequency' || field === 'scheduleParams.interval') return !isOnce;
    if (field === 'scheduleParams.startTime' || field === 'scheduleParams.backfill') return !hasBegun;
    return false;
  },
  // Its transformations are a list: what is edited there is put in place whole (see `pinning`).
  operations: (edits, answer) => [
    ...operationsFor(
      edits.filter(({ field }) => !field.startsWith('transformations.')),
      answer,
    ),
    ...settingParams(edits, answer),
  ],
});

/** Those that only a request of ours can have set, with their params. A Copy AEP itself may add to a flow that loads once. */
const ours = transformations.flatMap(({ name, own }) => (own ? { name, own } : []));

/** What is done to rows, or how, that is not asked for any more. */
function transformationsTooMany(wanted: JsonObject, found: JsonObject): Difference[] {
  const [asked, there] = [objectAt(wanted, 'transformations'), objectAt(found, 'transformations')];
  return [
    ...notAsked(asked, there, 'transformations', (key) => ours.some(({ name }) => name === key)),
    ...ours
      .filter(({ name }) => isObject(asked[name]))
      .flatMap(({ name, own }) =>
        notAsked(objectAt(asked, name), objectAt(there, name), `transformations.${name}`, (key) =>
          own.includes(key),
        ),
      ),
  ];
}

/** One param of such a transformation, such as the key by which files are decrypted. That AEP's pages show of a mapping only. */
function isParam(field: string): boolean {
  return ours.some(({ name }) => field.startsWith(`transformations.${name}.`));
}

/** The patch that sets params of transformations, each put in place whole, as AEP's pages show it of a mapping. */
function settingParams(edits: readonly Edit[], answer: JsonObject): Operation[] {
  const all = objectsAt(answer, 'transformations');
  return ours.flatMap(({ name }) => {
    const prefix = `transformations.${name}.`;
    const own = edits.filter(({ field }) => field.startsWith(prefix));
    const there = all.find((one) => one['name'] === name);
    if (own.length === 0 || !there) return [];
    const set = Object.fromEntries(own.map(({ field, to }) => [field.slice(prefix.length), to]));
    const params = defined({ ...objectAt(there, 'params'), ...set });
    const path = `/transformations/${(answer['transformations'] as unknown[]).indexOf(there)}`;
    return [{ op: 'replace', path, value: { ...there, params } }];
  });
}

/** The share of rows that may fail where a flow says nothing: AEP's own default. */
const defaultPercent = 5;

/** Options that were asked for once, and are not any more. What has a default goes back to it. */
function optionsTooMany(wanted: JsonObject, found: JsonObject): Difference[] {
  const [asked, there] = [objectAt(wanted, 'options'), objectAt(found, 'options')];
  const { errorDiagnosticsEnabled, partialIngestionPercent } = there;
  const isOn = String(errorDiagnosticsEnabled).toLowerCase() === 'true';
  const isOther = partialIngestionPercent !== undefined && Number(partialIngestionPercent) !== defaultPercent;
  return [
    ...(isOn && asked['errorDiagnosticsEnabled'] === undefined
      ? [{ field: 'options.errorDiagnosticsEnabled', wanted: false, found: errorDiagnosticsEnabled }]
      : []),
    ...(isOther && asked['partialIngestionPercent'] === undefined
      ? [{ field: 'options.partialIngestionPercent', wanted: undefined, found: partialIngestionPercent }]
      : []),
  ];
}

function deltaColumnOf(fields: JsonObject): JsonObject | undefined {
  const { deltaColumn } = objectAt(objectAt(fields, 'transformations'), 'Copy');
  return isObject(deltaColumn) ? deltaColumn : undefined;
}

/** AEP counts a mapping set up whenever somebody saves it: which version that is, no definition says. */
function paramsOf(transformation: JsonObject): unknown {
  const { params } = transformation;
  if (!isObject(params)) return params;
  const { mappingVersion: _, ...others } = params;
  return others;
}

/** A version of a mapping set, as a flow is pinned to one. */
export interface MappingPin {
  mappingId: string;
  mappingVersion: number;
}

/** The version of the mapping set that a flow applies; undefined for a flow that maps nothing. */
export function pinnedMapping(answer: JsonObject): MappingPin | undefined {
  const params = objectAt(mappingOf(answer) ?? {}, 'params');
  const mappingId = textAt(params, 'mappingId');
  // Left out, it is the first.
  return mappingId === undefined
    ? undefined
    : { mappingId, mappingVersion: Number(params['mappingVersion'] ?? 0) };
}

/** The body of a flow that is to apply another version of its mapping set than the first. */
export function pinnedTo(body: JsonObject, { mappingId, mappingVersion }: MappingPin): JsonObject {
  const transformations = objectsAt(body, 'transformations').map((one) =>
    one === mappingOf(body) ? { ...one, params: { mappingId, mappingVersion: String(mappingVersion) } } : one,
  );
  return { ...body, transformations };
}

/** What pins a flow to another version. The transformation is found by its name, so that the Copy beside it stays. */
export function pinning({ mappingId, mappingVersion }: MappingPin, answer: JsonObject): Operation[] {
  const found = mappingOf(answer);
  // As text, as the flow spec types it.
  const params = { mappingId, mappingVersion: String(mappingVersion) };
  if (!found) return [{ op: 'add', path: '/transformations/-', value: { name: 'Mapping', params } }];
  const at = (answer['transformations'] as unknown[]).indexOf(found);
  const value = { ...found, params: { ...objectAt(found, 'params'), ...params } };
  return [{ op: 'replace', path: `/transformations/${at}`, value }];
}

function mappingOf(answer: JsonObject): JsonObject | undefined {
  return objectsAt(answer, 'transformations').find((one) => textAt(one, 'name') === 'Mapping');
}

/** What the flow specs give as defaults may be left out of an answer. */
export function withDefaults(found: JsonObject): JsonObject {
  return {
    ...found,
    ...(isObject(found['scheduleParams'])
      ? { scheduleParams: { backfill: true, ...found['scheduleParams'] } }
      : {}),
    options: { errorDiagnosticsEnabled: false, ...objectAt(found, 'options') },
  };
}

/** What of a flow its flow spec has a say in. */
export interface FlowSettings extends JsonObject {
  transformations: { name: string; params: JsonObject }[];
  scheduleParams: JsonObject;
  options?: JsonObject;
}

/** Values go out as numbers and booleans, as the flow spec types them; the mapping version as the text it wants. */
export function flowSettings(
  definition: Definition,
  {
    mappingId,
    startTime = givenStartSeconds(definition),
  }: { mappingId: string; startTime?: number | undefined },
): FlowSettings {
  const { source, schedule, options } = definition;
  const asked = sourceFacts(source).family.transformations.flatMap(({ name, isLast, params: paramsOf }) => {
    const params = paramsOf(definition);
    return params ? { name, params, isLast } : [];
  });
  const toSend = ({ name, params }: FlowSettings['transformations'][number]) => ({ name, params });
  const { frequency, interval, backfill } = schedule;
  return {
    transformations: [
      ...asked.filter(({ isLast }) => !isLast).map(toSend),
      { name: 'Mapping', params: { mappingId, mappingVersion: '0' } },
      ...asked.filter(({ isLast }) => isLast).map(toSend),
    ],
    scheduleParams: defined({ startTime, frequency, interval, backfill }),
    ...(options && Object.keys(options).length > 0 ? { options: { ...options } } : {}),
  };
}
