import type { Definition, Draft } from '../definition/definition.ts';
import type { PlainObject } from '../definition/plain-json.ts';
import type { Source } from '../definition/source.ts';
import type { Column } from './columns.ts';

/** Table sources: `tabular` today, `parquet_xdm` in the legacy generation. File sources: what the files hold. */
export const tableFormats = ['tabular', 'parquet_xdm'] as const;
export const fileFormats = ['delimited', 'json', 'parquet'] as const;
export type SourceFormat = (typeof tableFormats)[number] | (typeof fileFormats)[number];

/** AEP's flow specs, as far as we make flows of them. Their ids are looked up. */
export type FlowSpecName = 'CRMToAEP' | 'CloudStorageToAEP';

/** What AEP does to rows on their way, beside mapping them. */
export interface Transformation {
  /** AEP's name for it. */
  name: string;
  /** The field of a definition that asks for it. */
  field: string;
  /** The one of its params that is the value of that field. Absent: they are that value. */
  param?: string;
  /** Its params, where AEP adds none of them by itself, nor the transformation. Absent: it may. */
  own?: readonly string[];
  /** Whether it comes after the mapping in a flow's list, and not before it. */
  isLast?: true;
  /** Undefined where the definition asks for none. */
  params: (definition: Definition) => PlainObject | undefined;
  /** The part of a definition that asks for one with these params. */
  readBack: (params: PlainObject, frequency: unknown) => PlainObject;
}

/** What a rule of a family is told. The draft lacks what is wrong by itself: see `Rule`. */
export interface Checked {
  draft: Draft;
  source: NonNullable<Draft['source']>;
  /** How people call the source. */
  label: string;
  isWrong: (field: string) => boolean;
  report: (field: string, message: string) => void;
}

/** What AEP's explore call takes a path for. */
export type ObjectType = 'table' | 'file' | 'folder';

/** How files are written, in the words of the explore call. */
export interface FileQuery {
  /** Absent where AEP is to find it out. */
  fileType?: string;
  columnDelimiter?: string;
  encoding?: string;
  compressionType?: string;
}

/** What a definition takes for granted of what is behind its source. */
export interface ObjectAsked {
  type: ObjectType;
  path: string;
  /** Of a folder: `*` and `?` stand for characters of the names of the files that count. Absent: all do. */
  pattern?: string;
  /** What it says of the columns of a table. Absent: they are to be read. */
  columns?: Column[];
  /** How it says that files are written. */
  written?: FileQuery;
}

/** What the source told of what a path is of. */
export interface Told {
  /** Of a table: those that a definition names, if any. */
  columns?: readonly Column[];
  /** Of files: how they are written. */
  file?: { format: SourceFormat; properties?: PlainObject };
}

/** A family of sources: all that is true of tables, or of files, and of nothing else. */
export interface Family {
  /** What its sources hold, in the plural. */
  name: 'tables' | 'files';
  flowSpec: FlowSpecName;
  /** How the `exploreSpec` of a connection spec calls what it holds. */
  exploredAs: string;
  formats: readonly SourceFormat[];
  /** Of a source that says none. */
  usualFormat: SourceFormat;
  /** Whether a source must say its format, as nothing else tells it. */
  saysFormat: boolean;
  /** Further `params` of a source connection that AEP's pages know. */
  knownParams: readonly string[];
  /** Whether AEP's `sourceSpec` of a connector says what these params of a source connection may be. */
  isOfSpec: (params: PlainObject) => boolean;
  /** What AEP's pages know as `properties` of a source connection's `data`. */
  knownProperties: readonly string[];
  /** The fields of a source that no other family has. */
  fields: readonly (keyof Source)[];
  /** What spans fields. */
  rule: (checked: Checked) => void;
  /** What a path is of, as far as it tells. */
  objectAt: (path: string) => ObjectType;
  /** What can be asked about behind a source. Undefined where it names nothing that could be looked for. */
  asked: (source: Source) => ObjectAsked | undefined;
  /** The fields of a source that loads what a path is of. */
  loading: (path: string, type: ObjectType, told: Told) => PlainObject;
  /** Whether new rows are found by a column. Otherwise AEP finds by itself what is new. */
  hasDeltaColumn: boolean;
  /** The source connection's `data`. */
  data: (source: Source, adHocSchemaId: string | undefined) => PlainObject;
  /** The source connection's `params`. */
  params: (source: Source) => PlainObject;
  /** What a flow does to rows beside mapping them. */
  transformations: readonly Transformation[];
}
