/** What AEP takes but may not be meant, word by word. */
import { expect, test } from 'vitest';
import { connectors, type ConnectorName } from '../../src/definition/connectors.ts';
import type { Definition } from '../../src/definition/definition.ts';
import { warningsOf } from '../../src/definition/warnings.ts';
import { fileSample, parsed, sample } from './sample.ts';

const told = (definition: Definition) =>
  warningsOf(definition).map(({ code, field, message }) => `${code} ${field}: ${message}`);
const of = (connector: ConnectorName, changes: object = {}, base: object = sample) => {
  const definition = parsed(base);
  return told({ ...definition, source: { ...definition.source, connector, ...changes } });
};

test.each<[string, () => string[], string[]]>([
  [
    'a connector that Adobe has deprecated',
    () => of('oracle-service-cloud'),
    [
      expect.stringMatching(
        /^deprecated-connector source\.connector: Adobe has deprecated Oracle Service Cloud \(\d{4}-\d{2}\): AEP may refuse it, or load nothing\. Adobe points to the Data Landing Zone$/,
      ) as string,
    ],
  ],
  [
    'one that is listed no more',
    () => of('paypal'),
    [
      'deprecated-connector source.connector: PayPal is not among the sources that Adobe lists any more (as of 2026-05): AEP may refuse it',
    ],
  ],
  [
    'one without a row filter',
    () => of('mysql', { filters: {} }),
    [
      "undocumented-filter source.filters: AEP's pages know no row filter for MySQL: AEP may refuse it, or load every row",
    ],
  ],
  ['one with a row filter', () => of('google-bigquery', { filters: {} }), []],
  [
    'one that is better loaded once',
    () => of('ftp', {}, fileSample),
    [
      'once-advised schedule.frequency: Adobe advises to load FTP with frequency "once": later runs may miss what is new',
    ],
  ],
  ['one that is loaded once', () => of('ftp', {}, { ...fileSample, schedule: { frequency: 'once' } }), []],
  [
    'a property of files that nobody knows',
    () => of('amazon-s3', { data: { properties: { columnDelimter: ',' } } }, fileSample),
    [
      'unknown-param source.data.properties.columnDelimter: source.data.properties.columnDelimter is sent as it is, though AEP does not know it; did you mean "columnDelimiter"?',
    ],
  ],
  [
    'a param that is like none',
    () => of('amazon-s3', { params: { type: 'file', zzz: 1 } }, fileSample),
    [
      expect.stringMatching(
        /^unknown-param source\.params\.zzz: source\.params\.zzz is sent as it is, though AEP does not know it; known are .*, .*$/,
      ) as string,
    ],
  ],
  [
    'a connector without a name here',
    () => told({ ...parsed(sample), source: { connectionSpec: { id: 'x' }, params: { a: 1 } } }),
    [],
  ],
])('of %s', (_, warnings, expected) => {
  expect(warnings()).toEqual(expected);
});

test('of changes that are not documented, for each of what is not', () => {
  const announced = Object.entries(connectors).find(
    ([, one]) => 'changes' in one && one.changes === 'announced',
  )![0] as ConnectorName;
  const codes = (connector: ConnectorName, dataset?: object) =>
    warningsOf({
      ...parsed(sample),
      source: { ...parsed(sample).source, connector, cdcEnabled: true },
      dataset: dataset as never,
    }).map(({ code, field }) => `${code} ${field}`);
  const ofSource = 'undocumented-change-data-capture source.cdcEnabled';
  const ofDataset = 'undocumented-change-data-capture dataset';
  expect(codes(announced)).toEqual([ofSource, ofDataset]);
  expect(codes(announced, { id: 'd' })).toEqual([ofSource]);
  expect(codes('amazon-s3', { id: 'd' })).toEqual([]);
  expect(codes('amazon-s3', { name: 'd' })).toEqual([ofDataset]);
});
