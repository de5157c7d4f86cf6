import type { Connection } from '@temporalio/client';
import { searchAttributes } from '../src/workflows/messages.ts';

/** `INDEXED_VALUE_TYPE_KEYWORD` of Temporal's API. */
const keyword = 2;

/** Registers our search attributes in a namespace. Those that it has already stay as they are. */
export async function registerSearchAttributes(connection: Connection, namespace: string): Promise<void> {
  const names = Object.values(searchAttributes).map(({ name }) => name);
  await connection.operatorService.addSearchAttributes({
    namespace,
    searchAttributes: Object.fromEntries(names.map((name) => [name, keyword])),
  });
}
