import type { Column } from '../families/columns.ts';
import type { ColumnChanges } from './compare-columns.ts';

/** What a source says to what is asked of it for a definition. */
export type SourceAnswer =
  /** Where the definition says the columns: what is otherwise at the source. */
  | { said: 'changes'; changes: ColumnChanges }
  /** Where they are to be read, and of files. */
  | { said: 'columns'; columns: Column[] }
  /** There is no such table, file or folder. */
  | { said: 'missing'; nearest?: string }
  /** AEP, or the source behind it, could not tell, in its words. */
  | { said: 'unknown'; why: string };

/** Whether nothing is wrong with the source, as far as it says. */
export function isFine(answer: SourceAnswer): boolean {
  return answer.said === 'columns' || (answer.said === 'changes' && !answer.changes.gone);
}
