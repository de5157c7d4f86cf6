/**
 * What a run reads and writes, from the rows behind its flow's source: those of its window or its new files, filtered,
 * mapped row by row. A flow whose source has no rows here has runs that are made up.
 */
import { readMappings } from '../data-prep/mappings.ts';
import { Transform } from '../data-prep/transform.ts';
import type { Json, JsonObject } from '../json.ts';
import { recordOf } from '../schema-registry/fields.ts';
import type { Sandbox } from '../world.ts';
import {
  copied,
  CopyFailure,
  fillsBack,
  fromFiles,
  fromTable,
  isWithin,
  messageOf,
  windowTaken,
} from './copy.ts';
import type { Read, Took, Window } from './copy.ts';
import type { DataFolder, SourceFile } from './data-folder.ts';
import { failed, promoted, promotion } from './promotion.ts';
import type { RowsRun } from './promotion.ts';
import { filesMeant } from './source-files.ts';
import type { FileForm } from './source-files.ts';
import { hasFiles, hasTables } from './sources.ts';

/** What a run is asked to take. */
export type Asked = {
  window?: Window | undefined;
  /** The flow has had no run before. */
  isFirst?: boolean;
  again?: Took | undefined;
  /** Epoch ms. */
  now: number;
};

/** Guess: what the source refuses is told with this code. */
const copyCode = 'CONNECTOR-1001-500';

const transformation = (flow: JsonObject, name: string): JsonObject | undefined =>
  (flow.transformations ?? []).find((one: Json) => one?.name === name)?.params;

export class RunRows {
  readonly #sandbox: Sandbox;
  readonly #data: DataFolder;
  /** The files that each flow has loaded, with when they were changed then. */
  readonly #loaded = new Map<string, Map<string, number>>();

  constructor(sandbox: Sandbox, data: DataFolder) {
    this.#sandbox = sandbox;
    this.#data = data;
  }

  /** Undefined where there are no rows behind the flow's source. */
  read(flowId: string, asked: Asked): RowsRun | undefined {
    const flow = this.#sandbox.flows.get(flowId);
    const source = this.#sandbox.sourceConnections.get(flow?.sourceConnectionIds?.[0]);
    const connector = this.#sandbox.connectorOf(source?.connectionSpec?.id);
    // What is encrypted cannot be read here.
    if (flow === undefined || source === undefined || connector === undefined) return undefined;
    if (transformation(flow, 'Encryption') !== undefined) return undefined;
    const { tables, files } = this.#data;
    const params: JsonObject = source.params ?? {};
    let took = asked.again ?? {};
    try {
      if (hasTables(connector) && tables !== undefined) {
        took = asked.again ?? windowTaken(flow, asked);
        return this.#promoted(
          flow,
          fromTable(tables, params, transformation(flow, 'Copy')?.deltaColumn, took),
          took,
          asked,
        );
      }
      if (hasFiles(connector) && files !== undefined) {
        const meant = copied(() => filesMeant(files, params));
        took = asked.again?.files === undefined ? { files: this.#newFiles(flow, meant, asked) } : asked.again;
        const form: FileForm = { ...source.data?.properties, format: source.data?.format };
        return this.#promoted(flow, fromFiles(form, took), took, asked);
      }
      return undefined;
    } catch (error) {
      const isCopy = error instanceof CopyFailure;
      // What the emulator trips over is one run that fails: it is not to stand in the way of all others.
      if (!isCopy) console.error(`The emulator failed on a run of the flow ${flowId}:`, error);
      const why = { code: isCopy ? copyCode : promotion.code, message: messageOf(error) };
      return failed(why, took);
    }
  }

  /** Those that are new or changed since the flow's last run. One on demand takes what was changed in its window. */
  #newFiles(flow: JsonObject, meant: SourceFile[], asked: Asked): SourceFile[] {
    const { window, isFirst } = asked;
    if (window !== undefined && isFirst === undefined)
      return meant.filter(({ modifiedMs }) => isWithin(modifiedMs, window));
    const loaded = this.#loaded.get(flow.id) ?? new Map<string, number>();
    this.#loaded.set(flow.id, loaded);
    const isOld = ({ modifiedMs }: SourceFile): boolean =>
      isFirst === true && window !== undefined && !fillsBack(flow) && modifiedMs < window.start;
    const found = meant.filter((file) => loaded.get(file.path) !== file.modifiedMs && !isOld(file));
    for (const { path, modifiedMs } of meant) loaded.set(path, modifiedMs);
    return found;
  }

  #promoted(flow: JsonObject, read: Read, took: Took, { now }: Asked): RowsRun {
    // Most runs of a year read nothing.
    const transform = read.rows.length > 0 ? this.#transform(flow, read.columns, now) : undefined;
    return promoted(read, transform, flow.options ?? {}, took);
  }

  #transform(flow: JsonObject, columns: string[], now: number): Transform | undefined {
    const { mappingId, mappingVersion } = transformation(flow, 'Mapping') ?? {};
    const newest = this.#sandbox.mappingSets.get(mappingId);
    const older = this.#sandbox.mappingSetVersions.get(mappingId) ?? [];
    const set = older.find(({ version }) => String(version) === String(mappingVersion ?? 0)) ?? newest;
    if (set === undefined) return undefined;
    return new Transform(
      readMappings(set),
      recordOf(this.#sandbox, set.outputSchema.schemaRef.id),
      columns,
      now,
    );
  }
}
