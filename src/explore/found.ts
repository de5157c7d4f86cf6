import type { Column } from '../families/columns.ts';
import type { SourceFormat } from '../families/family.ts';
import type { JsonObject } from '../resources/resource.ts';

/** What is known of a table or of a file. */
export interface Found {
  /** Absent where AEP describes the rows in another way, as it does of nested ones. */
  columns?: Column[];
  /** How many columns there are besides. Absent: these are all. */
  more?: number;
  /** Absent unless they were asked for. */
  rows?: JsonObject[];
  /** How a file is written, as a definition has it. */
  file?: FileFacts;
}

export interface FileFacts {
  format: SourceFormat;
  /** `columnDelimiter`, `compressionType`: what is not as AEP takes it where nothing is said. */
  properties?: JsonObject;
}
