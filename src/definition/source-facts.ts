import type { Family, SourceFormat } from '../families/family.ts';
import { familyOf } from '../families/index.ts';
import { connectorNameOf, connectors, type Connector, type ConnectorName } from './connectors.ts';
import type { Draft } from './definition.ts';
import type { Source } from './source.ts';

/** What a source comes down to, whichever way it is written. */
export interface SourceFacts {
  /** For people and search attributes: the connector's name, or the connection spec id where it has none. */
  label: string;
  /** Undefined for a connection spec that the table does not have. */
  connector?: Connector;
  connectionSpec: { id: string; version: string };
  family: Family;
  format: SourceFormat;
}

/** For a connection spec that is not in the table, the format tells tables from files. */
export function sourceFacts(source: Pick<Source, 'connector' | 'connectionSpec' | 'format'>): SourceFacts {
  const { id: specId = '', version = '1.0' } = source.connectionSpec ?? {};
  const name: ConnectorName | undefined = source.connector ?? connectorNameOf(specId);
  const connector = name && connectors[name];
  const family = connector?.family ?? familyOf(source.format);
  return {
    label: name ?? specId,
    ...(connector ? { connector } : {}),
    connectionSpec: { id: connector?.id ?? specId, version },
    family,
    format: source.format ?? family.usualFormat,
  };
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
