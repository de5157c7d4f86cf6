import { column, xdmColumnTypes, type Column } from '../families/columns.ts';
import { isObject } from '../definition/plain-json.ts';
import { secretPaths } from '../definition/secrets.ts';
import { line } from '../definition/text.ts';
import { textAt } from '../resources/json.ts';
import type { JsonObject } from '../resources/resource.ts';
import { shortColumn } from '../resources/source-connection.ts';
import { fitting } from './fitting.ts';

/** A definition takes no more columns, and no longer names. */
const mostColumns = 5_000;
/** Characters of JSON, of up to three bytes each: what a workflow answers has a megabyte. */
const mostCharacters = 250_000;
const name = line();

/**
 * The columns that AEP tells of, as a definition has them: in short where that says all of it. Those that no definition can
 * have, such as a second one of a name, are left out.
 */
export function readColumns(answer: readonly JsonObject[]): Column[] {
  const columns = new Map<string, Column>();
  for (const one of answer) {
    const read = readColumn(one);
    if (!read || columns.has(read.name)) continue;
    if (secretPaths(read, () => false).length > 0) continue;
    columns.set(read.name, read);
    if (columns.size === mostColumns) break;
  }
  return [...columns.values()];
}

/** As many of them as a history should hold, and how many there are besides. */
export const fittingColumns = (all: readonly Column[]) => fitting(all, mostCharacters);

function readColumn(answer: JsonObject): Column | undefined {
  const { success, data: called } = name.safeParse(answer['name']);
  if (!success) return undefined;
  const { xdm } = answer;
  const type = xdmColumnTypes.find((one) => isObject(xdm) && xdm['type'] === one);
  if (type === undefined) return { name: called, ...typeCalled(textAt(answer, 'type') ?? '') };
  // What is odd beside the type says nothing that anybody needs.
  const told = column().safeParse(answer).success ? answer : { name: called, type, xdm };
  const short = shortColumn(told);
  return (column().safeParse(short).success ? short : told) as Column;
}

/** What AEP's pages show of files: a type and nothing else. Some sources have words of their own for it. */
function typeCalled(word: string): Pick<Column, 'type' | 'format'> {
  const plain = word.toLowerCase();
  if (/^(date-?time|timestamp)/.test(plain)) return { type: 'string', format: 'date-time' };
  if (plain === 'date') return { type: 'string', format: 'date' };
  if (/^(tiny|small|big|medium)?int(eger)?\b|^(long|short)$/.test(plain)) return { type: 'integer' };
  if (/^(decimal|number|numeric|float|double|real)/.test(plain)) return { type: 'number' };
  if (plain.startsWith('bool')) return { type: 'boolean' };
  return { type: 'string' };
}
