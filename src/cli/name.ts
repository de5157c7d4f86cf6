import { InvalidArgumentError } from 'commander';
import type { ExistingConnection } from '../definition/connection.ts';
import { connectors, isConnectorName, type ConnectorName } from '../definition/connectors.ts';
import { namedBy, type Named } from '../definition/identity.ts';
import { isUuid } from '../definition/text.ts';

export type { Named };

/** A dataflow as people write it: `<sandbox>/<name>`, as its mark in AEP and `AepDataflow` have it. */
export function dataflowName(written: string): Named {
  return named(written, 'A dataflow is written SANDBOX/NAME, such as prod/orders.');
}

/** A base connection that is to be made, changed or deleted. */
export function connectionName(written: string): Named {
  return named(written, "A base connection is written SANDBOX/NAME, such as 'prod/Web shop'.");
}

/** A base connection that is there. All ids of AEP's are UUIDs, and nobody calls a connection so. */
export function connectionThere(written: string): { sandbox: string; connection: ExistingConnection } {
  const { sandbox, name } = named(
    written,
    "A base connection is written SANDBOX/NAME or SANDBOX/ID, such as 'prod/Web shop'.",
  );
  return { sandbox, connection: isUuid(name) ? name : { name } };
}

/** What is explored: what is behind a base connection, or behind a connector that has none. */
export function sourceThere(
  written: string,
): { sandbox: string } & ({ connection: ExistingConnection } | { connector: ConnectorName }) {
  const there = connectionThere(written);
  const { sandbox, name } = namedBy(written);
  return isConnectorName(name) && !connectors[name].baseConnection ? { sandbox, connector: name } : there;
}

function named(written: string, howItIsWritten: string): Named {
  const at = written.indexOf('/');
  if (at < 1 || at === written.length - 1) throw new InvalidArgumentError(howItIsWritten);
  return namedBy(written);
}
