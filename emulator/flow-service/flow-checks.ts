/** What AEP checks before it takes a flow: parts, mapping, schedule, options. Each check names AEP's own code. */
import { findFlowSpec, frequencies, minimumInterval } from '../data/flow-specs.ts';
import type { FlowSpec } from '../data/flow-specs.ts';
import { flowError, flowNotFound } from '../errors.ts';
import { isObject } from '../json.ts';
import type { Json, JsonObject } from '../json.ts';
import type { Sandbox } from '../world.ts';

/** Numbers come as numbers or as strings. */
const wholeNumber = (value: Json): number => (/^-?\d+$/.test(String(value)) ? Number(value) : Number.NaN);

export function checkedSpec(body: JsonObject): FlowSpec {
  const spec = findFlowSpec(body.flowSpec?.id);
  if (spec === undefined)
    throw flowError('1413-400', `The flow spec ${body.flowSpec?.id ?? '(none)'} is not valid.`);
  if (body.flowSpec.version !== undefined && body.flowSpec.version !== spec.version) {
    throw flowError('1413-400', `The flow spec ${spec.name} has no version ${body.flowSpec.version}.`);
  }
  return spec;
}

/** Source and target: exactly one each, there, and of connectors that the flow spec knows. */
export function checkEnds(
  sandbox: Sandbox,
  body: JsonObject,
  spec: FlowSpec,
): { source: JsonObject; target: JsonObject } {
  const { sourceConnectionIds: sources, targetConnectionIds: targets } = body;
  if (!Array.isArray(sources) || sources.length !== 1 || !Array.isArray(targets) || targets.length !== 1) {
    throw flowError(
      'CONNECTOR-1321-400',
      'A flow needs exactly one source connection id and one target connection id.',
    );
  }
  const source = sandbox.sourceConnections.referred(sources[0]);
  if (source === undefined) throw flowNotFound('sourceConnections', sources[0]);
  const target = sandbox.targetConnections.referred(targets[0]);
  if (target === undefined) throw flowNotFound('targetConnections', targets[0]);
  const { flowSpec } = sandbox.connectorOf(source.connectionSpec?.id) ?? {};
  if (!spec.sourceConnectionSpecIds.includes(source.connectionSpec?.id) && flowSpec !== spec.name) {
    throw flowError(
      '1413-400',
      `The flow spec ${spec.name} does not know the connection spec ${source.connectionSpec?.id} of the source.`,
    );
  }
  if (!spec.targetConnectionSpecIds.includes(target.connectionSpec?.id)) {
    throw flowError(
      '1413-400',
      `The flow spec ${spec.name} does not know the connection spec ${target.connectionSpec?.id} of the target.`,
    );
  }
  return { source, target };
}

export function transformation(flow: JsonObject, name: string): JsonObject | undefined {
  return (flow.transformations ?? []).find((one: Json) => one?.name === name);
}

function checkCopy(body: JsonObject, spec: FlowSpec): void {
  if (!spec.transformationSpecs.some(({ name }) => name === 'Copy')) return;
  const deltaColumn = transformation(body, 'Copy')?.params?.deltaColumn;
  if (body.scheduleParams?.frequency === 'once') {
    // Guess: a Copy without a delta column is let through with `once`; the spec itself requires the column.
    if (deltaColumn !== undefined)
      throw flowError('CONNECTOR-1369-400', 'A delta column may not be given with the frequency once.');
    return;
  }
  if (typeof deltaColumn?.name !== 'string' || deltaColumn.name === '') {
    throw flowError('CONNECTOR-1367-400', 'The delta column is missing in the Copy transformation.');
  }
}

/** The number before the first dot of `1.0`, or after `version=` of a content type. */
export function majorVersion(text: Json): string {
  const version =
    /version=\s*([\d.]+)/.exec(String(text))?.[1] ?? (/^[\d.]+$/.test(String(text)) ? String(text) : '1');
  return version.split('.')[0] ?? '1';
}

/** Encrypted files: the key is one that AEP gave out, and has not expired. `now` is epoch ms. */
function checkEncryption(sandbox: Sandbox, body: JsonObject, now: number): void {
  const encryption = transformation(body, 'Encryption');
  if (encryption === undefined) return;
  const keyId = encryption.params?.publicKeyId;
  if (keyId === undefined || keyId === '') {
    throw flowError(
      'CONNECTOR-1309-400',
      'The encryption transformation provided is invalid because publicKeyId is missing in the params.',
    );
  }
  const key = sandbox.encryptionKeys.get(String(keyId));
  if (key === undefined)
    throw flowError('CONNECTOR-1311-400', 'The publicKeyId provided in params is invalid.');
  if (key.expiresAt <= now)
    throw flowError('CONNECTOR-1310-400', 'The provided publicKeyId in the params is expired.');
  const { signVerificationKeyId: own } = encryption.params;
  // Guess: the code, which is that of the other key.
  if (own !== undefined && !sandbox.customerKeys.has(String(own)))
    throw flowError('CONNECTOR-1311-400', 'The signVerificationKeyId provided in params is invalid.');
}

/** Change data capture: the dataset is of a relational schema. Guess: which code refuses another; the page only says what it needs. */
function checkChanges(sandbox: Sandbox, source: JsonObject, target: JsonObject): void {
  if (String(source.params?.cdcEnabled) !== 'true') return;
  const schemaId = sandbox.dataSets.referred(target.params.dataSetId)?.schemaRef?.id;
  const types = sandbox.descriptors
    .all()
    .filter((one) => one['xdm:sourceSchema'] === schemaId)
    .map((one) => one['@type']);
  for (const needed of ['xdm:descriptorPrimaryKey', 'xdm:descriptorVersion'])
    if (!types.includes(needed))
      throw flowError(
        '1425-400',
        `The schema ${schemaId} of the dataset has no ${needed}, which change data capture needs.`,
      );
}

function checkMapping(sandbox: Sandbox, body: JsonObject, spec: FlowSpec, target: JsonObject): void {
  if (!spec.transformationSpecs.some(({ name }) => name === 'Mapping')) return;
  const params = transformation(body, 'Mapping')?.params;
  if (typeof params?.mappingId !== 'string' || params.mappingId === '') {
    throw flowError('CONNECTOR-1370-400', 'The mapping is missing in the Mapping transformation.');
  }
  const mappingSet = sandbox.mappingSets.referred(params.mappingId);
  if (mappingSet === undefined)
    throw flowError('1419-400', `The mapping set ${params.mappingId} is not valid.`);
  // Older versions stay readable, so a flow may be pinned to one.
  const version = wholeNumber(params.mappingVersion ?? 0);
  if (!(version >= 0 && version <= mappingSet.version)) {
    throw flowError(
      '1412-400',
      `The mapping set ${params.mappingId} has no version ${params.mappingVersion}.`,
    );
  }
  const dataSet = sandbox.dataSets.referred(target.params.dataSetId);
  if (dataSet === undefined)
    throw flowError('CONNECTOR-1003-404', `The dataset ${target.params.dataSetId} was not found.`);
  const mapped = mappingSet.outputSchema.schemaRef;
  const stored = dataSet.schemaRef;
  if (mapped.id !== stored.id || majorVersion(mapped.contentType) !== majorVersion(stored.contentType)) {
    throw flowError(
      '1425-400',
      `The schema of the mapping (${mapped.id}) and the schema of the target dataset (${stored.id}) differ.`,
    );
  }
}

/** A schedule against the rules of the flow spec. `now` is what the emulator's clock says. */
export function checkSchedule(schedule: Json, now: number): void {
  if (!isObject(schedule))
    throw flowError('CONNECTOR-1304-400', 'The mandatory field scheduleParams is missing.');
  if (Object.keys(schedule).length === 0)
    throw flowError('CONNECTOR-1317-400', 'The provided schedule params are empty.');
  const { startTime, frequency, interval, backfill } = schedule;
  if (startTime === undefined)
    throw flowError('CONNECTOR-1304-400', 'The mandatory field scheduleParams.startTime is missing.');
  if (Number.isNaN(wholeNumber(startTime)))
    throw flowError('CONNECTOR-1304-400', `The startTime ${startTime} is not an epoch time.`);
  if (!frequencies.includes(frequency))
    throw flowError('CONNECTOR-1397-400', `The provided frequency : ${frequency} is invalid.`);
  if (wholeNumber(startTime) < Math.floor(now / 1000)) {
    throw flowError(
      'CONNECTOR-1360-400',
      `The startTime ${startTime} lies in the past: it is ${Math.floor(now / 1000)} by AEP's clock.`,
    );
  }
  if (backfill !== undefined && !['true', 'false'].includes(String(backfill))) {
    throw flowError('CONNECTOR-1304-400', `The backfill ${backfill} is neither true nor false.`);
  }
  if (frequency === 'once') {
    if (interval !== undefined)
      throw flowError('CONNECTOR-1361-400', 'An interval may not be given with the frequency once.');
    if (backfill !== undefined)
      throw flowError('CONNECTOR-1364-400', 'A backfill may not be given with the frequency once.');
    return;
  }
  if (interval === undefined)
    throw flowError('CONNECTOR-1304-400', 'The mandatory field scheduleParams.interval is missing.');
  const least = minimumInterval[frequency] ?? 1;
  if (!(wholeNumber(interval) >= least)) {
    throw flowError(
      'CONNECTOR-1362-400',
      `The interval ${interval} is below the minimum ${least} of the frequency ${frequency}.`,
    );
  }
}

function checkOptions(options: Json): void {
  if (options === undefined) return;
  // Guess: which code answers a bad option is not documented.
  const refuse = (detail: string): never => {
    throw flowError('CONNECTOR-1304-400', detail);
  };
  if (!isObject(options)) refuse('The options are no object.');
  const { partialIngestionPercent: percent, errorDiagnosticsEnabled: diagnostics } = options;
  if (percent !== undefined && !(Number(percent) > 0 && Number(percent) <= 100)) {
    refuse(`The partialIngestionPercent ${percent} is not above 0 and at most 100.`);
  }
  if (diagnostics !== undefined && !['true', 'false'].includes(String(diagnostics))) {
    refuse(`The errorDiagnosticsEnabled ${diagnostics} is neither true nor false.`);
  }
}

/** Everything that a flow has to satisfy before it is enabled. `keepsSchedule`: the schedule is an old one, whose start may have passed. */
export function checkFlow(sandbox: Sandbox, body: JsonObject, now: number, keepsSchedule = false): void {
  const spec = checkedSpec(body);
  const { source, target } = checkEnds(sandbox, body, spec);
  // Guess: the page publishes both ends before their flow, and shows no refusal.
  const draft = [source, target].find(({ state }) => state === 'draft');
  if (draft !== undefined)
    throw flowError('1422-400', `The connection ${draft.id} of the flow is a draft: it is published first.`);
  const unknown = (body.transformations ?? []).find(
    (one: Json) => !spec.transformationSpecs.some(({ name }) => name === one?.name),
  );
  if (unknown !== undefined)
    throw flowError(
      'CONNECTOR-1392-400',
      `The flow spec ${spec.name} has no transformation ${unknown?.name}.`,
    );
  if (spec.scheduleSpec !== undefined) checkSchedule(body.scheduleParams, keepsSchedule ? 0 : now);
  checkOptions(body.options);
  checkCopy(body, spec);
  checkMapping(sandbox, body, spec, target);
  checkEncryption(sandbox, body, now);
  checkChanges(sandbox, source, target);
}
