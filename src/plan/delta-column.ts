import type { Definition } from '../definition/definition.ts';
import type { Warning } from '../definition/problems.ts';
import { deltaCandidates } from '../explore/delta-candidates.ts';
import { typeOfColumn } from '../xdm/fits.ts';

/**
 * AEP finds new rows by comparing times: a run fails where the delta column holds none.
 * @param full the definition with its columns.
 */
export function deltaColumnWarnings({ deltaColumn, source, schedule }: Definition): Warning[] {
  const { columns = [] } = source;
  const column = columns.find(({ name }) => name === deltaColumn?.name);
  const type = column && typeOfColumn(column);
  // A load that runs once does not send it.
  if (!deltaColumn || type === undefined || schedule.frequency === 'once') return [];
  if (type === 'date' || type === 'date-time') return [];
  // A text may be read as a time, by the format that is said.
  if (type === 'string' && deltaColumn.dateFormat !== undefined) return [];
  const instead = deltaCandidates(columns.filter((one) => one !== column)).map(({ name }) => `"${name}"`);
  const hint = instead.length === 0 ? '' : `. Columns that do are ${instead.join(', ')}`;
  const message = `The delta column "${deltaColumn.name}" is of type ${type}: AEP finds new rows by a column that holds times${hint}`;
  return [{ code: 'delta-column-no-time', field: 'deltaColumn.name', message }];
}
