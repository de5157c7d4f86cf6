/** What stands behind the sources: a user's own folder as far as there is one, and the samples that come with the emulator. */
import { fileURLToPath } from 'node:url';
import type { Connector } from '../data/connectors.ts';
import { labels, sampleTables } from '../data/tables.ts';
import { DataFolder } from './data-folder.ts';
import type { SourceFile } from './data-folder.ts';
import type { Table } from './table.ts';

const samplesFolder = fileURLToPath(new URL('../data/samples', import.meta.url));
let samples: Promise<DataFolder> | undefined;
// Read when somebody explores for the first time: no start waits for them.
const readSamples = (): Promise<DataFolder> => (samples ??= DataFolder.open(samplesFolder));

export const hasTables = ({ formats }: Connector): boolean => formats.includes('tabular');
export const hasFiles = ({ formats }: Connector): boolean => formats.includes('delimited');

/** The tables that a connector shows. */
export async function tablesBehind({ family }: Connector, own: DataFolder | undefined): Promise<Table[]> {
  if (own?.tables !== undefined) return [...own.tables.values()];
  const { tables } = await readSamples();
  return sampleTables(family).flatMap((path) => {
    const table = tables?.get(path);
    return table === undefined ? [] : [{ ...table, name: labels[path] ?? path }];
  });
}

/** The files that a connector shows. */
export async function filesBehind(own: DataFolder | undefined): Promise<Map<string, SourceFile>> {
  return own?.files ?? (await readSamples()).files ?? new Map<string, SourceFile>();
}
