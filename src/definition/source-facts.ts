import {
  connectorNameOf,
  connectors,
  fileFormats,
  type Connector,
  type ConnectorName,
  type FlowSpecName,
  type SourceFormat,
  type SourceKind,
} from './connectors.ts';
import type { Draft } from './definition.ts';
import type { Source } from './source.ts';

/** What a source comes down to, whichever way it is written. */
export interface SourceFacts {
  /** For people and search attributes: the connector's name, or the connection spec id where it has none. */
  label: string;
  /** Undefined for a connection spec that the table does not have. */
  connector?: Connector;
  connectionSpec: { id: string; version: string };
  kind: SourceKind;
  format: SourceFormat;
  flowSpec: FlowSpecName;
}

/** For a connection spec that is not in the table, the format tells tables from files. */
export function sourceFacts(source: Pick<Source, 'connector' | 'connectionSpec' | 'format'>): SourceFacts {
  const { id: specId = '', version = '1.0' } = source.connectionSpec ?? {};
  const name: ConnectorName | undefined = source.connector ?? connectorNameOf(specId);
  if (name === undefined) {
    const kind = isFileFormat(source.format) ? 'file' : 'table';
    return {
      label: specId,
      connectionSpec: { id: specId, version },
      kind,
      format: source.format ?? 'tabular',
      flowSpec: kind === 'file' ? 'CloudStorageToAEP' : 'CRMToAEP',
    };
  }
  const connector = connectors[name];
  const { id, kind, flowSpec } = connector;
  return {
    label: name,
    connector,
    connectionSpec: { id, version },
    kind,
    format: source.format ?? (kind === 'file' ? 'delimited' : 'tabular'),
    flowSpec,
  };
}

function isFileFormat(format: SourceFormat | undefined): boolean {
  return fileFormats.some((one) => one === format);
}

/** The same for a source that may be incomplete: undefined where it does not say what it is. */
export function factsOf(source: Draft['source']): SourceFacts | undefined {
  const specId = source?.connectionSpec?.id;
  if (!source || (source.connector === undefined && specId === undefined)) return undefined;
  const { connector, format } = source;
  return sourceFacts({
    connector,
    format,
    ...(specId === undefined ? {} : { connectionSpec: { id: specId } }),
  });
}
