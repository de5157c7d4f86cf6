import type { Aep } from '../../aep/aep.ts';
import { AepError, Rejected, UnknownSandbox } from '../../aep/errors.ts';
import type { Described } from '../../aep/explore.ts';
import type { Call } from '../../aep/http.ts';
import { cut, longestText } from '../../cut.ts';
import { nearest } from '../../definition/nearest.ts';
import type { AskedOfSource } from '../../explore/asked-of-source.ts';
import { fittingColumns, readColumns } from '../../explore/columns.ts';
import { compareColumns } from '../../explore/compare-columns.ts';
import { firstFile, fitsPattern, folderOf, readEntries, typeOf, type Entry } from '../../explore/entries.ts';
import type { SourceAnswer } from '../../explore/source-answer.ts';
import type { ObjectType } from '../../families/family.ts';

/** Of a call that brings what the source tells: AEP answers when the source has. Milliseconds. */
export const timeoutMs = 25_000;

/**
 * Asks a source what a definition takes for granted of it: one call, two of a folder, and one more where something is not
 * there. What AEP refuses to tell is an answer, too.
 */
export async function askSource(
  { explore }: Pick<Aep, 'explore'>,
  call: Call,
  asked: AskedOfSource,
): Promise<SourceAnswer> {
  try {
    const described = await describedBy({ explore }, call, asked, false);
    // A folder may fill; that no file fits a pattern is as if one were not there.
    if (!described)
      return asked.pattern === undefined ? { said: 'columns', columns: [] } : { said: 'missing' };
    return answerOf(described, asked.type === 'table' ? asked.columns : undefined);
  } catch (error) {
    if (!isRefusal(error)) throw error;
    return missingOr(await listed({ explore }, call, asked), asked, error);
  }
}

/**
 * A table, a file, or the first file of a folder that fits. Undefined where a folder holds none.
 * @param rows whether some rows of a table are wanted: of files AEP always tells them.
 */
export async function describedBy(
  { explore }: Pick<Aep, 'explore'>,
  call: Call,
  { source, path, type, pattern = '*', written = {} }: AskedOfSource,
  rows: boolean,
): Promise<Described | undefined> {
  if (type === 'table') return explore.table(call, source, path, rows);
  const one =
    type === 'folder' ? firstFile(readEntries(await explore.list(call, source, path)).filter(fits)) : path;
  return one === undefined ? undefined : explore.file(call, source, one, written);

  function fits({ path: whole }: Entry): boolean {
    return fitsPattern(whole.slice(whole.lastIndexOf('/') + 1), pattern);
  }
}

function answerOf({ columns }: Described, said: AskedOfSource['columns']): SourceAnswer {
  if (!columns) return { said: 'columns', columns: [] };
  const found = readColumns(columns);
  if (said) return { said: 'changes', changes: compareColumns(said, found) };
  return { said: 'columns', columns: fittingColumns(found).first };
}

/** What is listed where a path should be. Undefined where AEP does not tell that either. */
async function listed(
  { explore }: Pick<Aep, 'explore'>,
  call: Call,
  { source, path, type }: AskedOfSource,
): Promise<Entry[] | undefined> {
  const folder = type === 'table' ? undefined : folderOf(path);
  try {
    return readEntries(await explore.list(call, source, folder));
  } catch (error) {
    if (error instanceof AepError) return undefined;
    throw error;
  }
}

function missingOr(
  entries: readonly Entry[] | undefined,
  { path, type }: AskedOfSource,
  refused: Rejected,
): SourceAnswer {
  const sought = entries && seek(entries, path, type);
  if (!sought || sought.isThere) return { said: 'unknown', why: cut(refused.message, longestText) };
  return { said: 'missing', ...(sought.nearest === undefined ? {} : { nearest: sought.nearest }) };
}

/** Whether a source lists a path, and the one that was probably meant. */
export interface Sought {
  isThere: boolean;
  nearest?: string;
}

/** @param type what is sought: of other entries none was meant. */
export function seek(entries: readonly Entry[], path: string, type?: ObjectType): Sought {
  const bare = (one: string) => one.replaceAll(/^\/+|\/+$/g, '');
  if (entries.some((entry) => bare(entry.path) === bare(path))) return { isThere: true };
  const alike = entries.filter((entry) => type === undefined || typeOf(entry) === type);
  // Where a label differs from the name by which AEP knows a table, people write the label.
  const called = alike.find(({ name }) => name === path);
  const paths = alike.map((entry) => entry.path);
  const near = called?.path ?? nearest(path, paths);
  return { isThere: false, ...(near === undefined ? {} : { nearest: near }) };
}

/** AEP's last word, but about the sandbox, which others tell. */
export function isRefusal(error: unknown): error is Rejected {
  return error instanceof Rejected && !(error instanceof UnknownSandbox);
}
