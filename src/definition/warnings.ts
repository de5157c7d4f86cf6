import type { Definition } from './definition.ts';
import type { Warning } from './problems.ts';
import { sourceFacts } from './source-facts.ts';

/** What AEP takes but may not be meant, as far as the definition alone shows it. */
export function warningsOf(definition: Definition): Warning[] {
  return [
    ...connectorWarnings(definition),
    ...severalSources(definition),
    ...deltaColumnWarnings(definition),
  ];
}

function connectorWarnings({ source }: Definition): Warning[] {
  const { connector } = sourceFacts(source);
  if (!connector?.retired) return [];
  const { title, retired } = connector;
  const { state, since, note } = retired;
  const message =
    state === 'deprecated'
      ? `Adobe has deprecated ${title} (${since}): AEP may refuse it, or load nothing`
      : `${title} is not among the sources that Adobe lists any more (as of ${since}): AEP may refuse it`;
  const field = source.connector === undefined ? 'source.connectionSpec.id' : 'source.connector';
  return [{ code: 'deprecated-connector', field, message: note ? `${message}. ${sentence(note)}` : message }];
}

function sentence(note: string): string {
  return note.charAt(0).toUpperCase() + note.slice(1);
}

function severalSources({ mapping }: Definition): Warning[] {
  const destinations = new Map<string, number[]>();
  mapping.forEach(({ destination }, index) => {
    const indexes = destinations.get(destination);
    if (indexes) indexes.push(index);
    else destinations.set(destination, [index]);
  });
  return [...destinations].flatMap(([destination, indexes]) =>
    indexes.length < 2
      ? []
      : {
          code: 'several-sources-for-one-destination' as const,
          field: `mapping[${indexes[1]}].destination`,
          message: `${indexes.length} mappings go to ${destination}: only one of them can stay in a row`,
        },
  );
}

function deltaColumnWarnings({ source, deltaColumn, schedule }: Definition): Warning[] {
  if (!deltaColumn) return [];
  if (schedule.frequency === 'once')
    return [
      {
        code: 'delta-column-not-used',
        field: 'deltaColumn',
        message:
          'A load that runs once takes every row: AEP refuses a delta column with "once", so it is not sent',
      },
    ];
  const documented = sourceFacts(source).connector?.dateFormat;
  const { dateFormat } = deltaColumn;
  if (dateFormat === undefined || documented === undefined || dateFormat === documented) return [];
  return [
    {
      code: 'undocumented-date-format',
      field: 'deltaColumn.dateFormat',
      message: `AEP's pages document only ${documented} for this connector; ${dateFormat} is sent as it is`,
    },
  ];
}
