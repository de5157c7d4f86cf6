import { cut } from '../cut.ts';
import type { Family } from '../families/family.ts';
import { families } from '../families/index.ts';
import type { Definition } from './definition.ts';
import { didYouMean, nearest } from './nearest.ts';
import type { Warning } from './problems.ts';
import { sourceFacts } from './source-facts.ts';

/** What AEP takes but may not be meant, as far as the definition alone shows it. */
export function warningsOf(definition: Definition): Warning[] {
  return [
    ...connectorWarnings(definition),
    ...severalSources(definition),
    ...deltaColumnWarnings(definition),
    ...undocumented(definition),
    ...paramWarnings(definition),
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

/** What Adobe's pages do not say that the connector can do. Of one without a name here AEP's own spec tells. */
function undocumented({ source, dataset, schedule }: Definition): Warning[] {
  const { connector } = sourceFacts(source);
  if (!connector) return [];
  const { title, filters, changes, adviseOnce } = connector;
  const warnings: Warning[] = [];
  if (source.filters && !filters)
    warnings.push({
      code: 'undocumented-filter',
      field: 'source.filters',
      message: `AEP's pages know no row filter for ${title}: AEP may refuse it, or load every row`,
    });
  if (source.cdcEnabled && changes === 'announced')
    warnings.push({
      code: 'undocumented-change-data-capture',
      field: 'source.cdcEnabled',
      message: `Adobe has announced change data capture for ${title}, but its pages do not show how the API asks for it`,
    });
  if (source.cdcEnabled && dataset?.id === undefined)
    warnings.push({
      code: 'undocumented-change-data-capture',
      field: 'dataset',
      message:
        "The dataset must be one that takes changes, and Adobe's pages show that being chosen in AEP's UI only: give dataset.id of one that does",
    });
  if (adviseOnce && schedule.frequency !== 'once')
    warnings.push({
      code: 'once-advised',
      field: 'schedule.frequency',
      message: `Adobe advises to load ${title} with frequency "once": later runs may miss what is new`,
    });
  return warnings;
}

function paramWarnings({ source }: Definition): Warning[] {
  const { connector, family } = sourceFacts(source);
  const properties = Object.keys(source.data?.properties ?? {});
  return [
    // What else a connector without a name here takes, AEP's own spec of it tells.
    ...(connector ? unknownParams(Object.keys(source.params ?? {}), family.name) : []),
    ...unknownNames(properties, family.knownProperties, 'source.data.properties'),
  ];
}

/**
 * AEP's specs forbid no unknown param, so that a typo passes.
 * @param names of what a definition gives as `source.params`.
 * @param more names that are known of this connector.
 */
export function unknownParams(
  names: readonly string[],
  reads: Family['name'],
  more: readonly string[] = [],
): Warning[] {
  const { knownParams } = families.find(({ name }) => name === reads)!;
  return unknownNames(names, [...new Set([...knownParams, ...more])], 'source.params');
}

function unknownNames(names: readonly string[], known: readonly string[], at: string): Warning[] {
  return names
    .filter((name) => !known.includes(name))
    .map((name) => {
      const near = nearest(name, known);
      const hint = near === undefined ? `; known are ${known.join(', ')}` : didYouMean(near);
      return {
        code: 'unknown-param',
        field: `${at}.${name}`,
        message: `${at}.${cut(name, 50)} is sent as it is, though AEP does not know it${hint}`,
      };
    });
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
