import { cut } from '../cut.ts';
import { columnTypes, shortColumnKeys, xdmColumnTypes } from '../families/columns.ts';
import { families } from '../families/index.ts';
import { connectionToMake } from './connection-rules.ts';
import { connectorNames, connectors, refusedConnectors, whyRefused } from './connectors.ts';
import { didYouMean } from './nearest.ts';
import type { Rule } from './rules.ts';
import { unknownKeys } from './shape.ts';
import { factsOf } from './source-facts.ts';
import { titles } from './titles.ts';

const oneConnector: Rule = ({ source }, report) => {
  if (!source) return;
  const { connector, connectionSpec } = source;
  if (connector === undefined && connectionSpec === undefined)
    report('source.connector', 'is required: a name such as google-bigquery, or connectionSpec instead');
  if (connector !== undefined && connectionSpec !== undefined)
    report('source.connectionSpec', 'must not be given beside connector: one of the two');
  const refused = Object.values(refusedConnectors).find(({ id }) => id === connectionSpec?.id);
  if (refused) report('source.connectionSpec.id', `is not taken: ${whyRefused(refused)}`);
};

const baseConnection: Rule = ({ source }, report, isWrong) => {
  if (source?.connection !== undefined && source.baseConnectionId !== undefined)
    report('source.baseConnectionId', 'must not be given beside connection: one of the two');
  const facts = factsOf(source);
  if (!source || !facts) return;
  const needed = facts.connector?.baseConnection ?? true;
  const given = (['baseConnectionId', 'connection'] as const).filter((field) => source[field] !== undefined);
  if (needed && given.length === 0 && !isWrong('source.connection'))
    report(
      'source.baseConnectionId',
      'is required: the id of an existing base connection of this connector; or connection, with its name',
    );
  for (const field of needed ? [] : given)
    report(`source.${field}`, `must be left out: ${facts.connector?.title} has no base connection`);
};

const ofFamily: Rule = (draft, report, isWrong) => {
  const { source } = draft;
  const facts = factsOf(source);
  if (!source || !facts) return;
  const { label, family } = facts;
  const [reads, others] = [family.name, families.filter((one) => one !== family)];
  const isSaid = source.format !== undefined || family.saysFormat;
  if (isSaid && !family.formats.some((one) => one === source.format))
    report('source.format', `must be ${family.formats.join(' or ')}: ${label} reads ${reads}`);
  for (const { name, fields } of others)
    for (const field of fields)
      if (source[field] !== undefined)
        report(`source.${field}`, `must be left out: ${label} reads ${reads}, not ${name}`);
  family.rule({ draft, source, label, isWrong, report });
};

/** AEP applies changes to datasets of relational schemas only, which it knows by their primary key. We make none. */
const changeDataCapture: Rule = ({ source, schema, dataset }, report, isWrong) => {
  if (!source?.cdcEnabled) return;
  const { label, connector } = factsOf(source) ?? {};
  if (connector && !connector.changes)
    report('source.cdcEnabled', `must be left out: AEP captures no changes of ${label}, but of ${capturing}`);
  if (schema?.id === undefined && dataset?.id === undefined && !isWrong('schema') && !isWrong('dataset'))
    report(
      'dataset.id',
      'is required with source.cdcEnabled, or schema.id: of an existing relational schema, as no other takes changes',
    );
};

const capturing = connectorNames.filter((name) => 'changes' in connectors[name]).join(', ');

/** What has a field of its own must not come in by the back door, where nothing checks it. */
const ownFields: Rule = ({ source }, report) => {
  for (const field of ['tableName', 'path', 'columns', 'filters', 'cdcEnabled'] as const)
    if (source?.params && Object.hasOwn(source.params, field))
      report(`source.params.${field}`, `must be given as source.${field}`);
};

const shortColumns: Rule = ({ source }, report, _, suggest) => {
  const unknownKey = unknownKeys(shortColumnKeys, suggest);
  source?.columns?.forEach((column, index) => {
    if (!column || column.xdm !== undefined) return;
    const field = `source.columns[${index}]`;
    for (const key of Object.keys(column))
      if (!shortColumnKeys.includes(key)) report(`${field}.${key}`, unknownKey(key));
    if (column.type !== undefined && !columnTypes.some((one) => one === column.type))
      report(
        `${field}.type`,
        `must be one of ${columnTypes.join(', ')}, or give the column as the explore call answers it`,
      );
    if (column.format !== undefined && column.type !== undefined && column.type !== 'string')
      report(`${field}.format`, 'must be left out: only columns of type string have a format');
  });
};

const exploredColumns: Rule = ({ source }, report, _, suggest) => {
  source?.columns?.forEach((column, index) => {
    const type = column?.xdm?.['type'];
    if (typeof type !== 'string' || xdmColumnTypes.includes(type)) return;
    const hint = didYouMean(suggest(type, xdmColumnTypes));
    report(
      `source.columns[${index}].xdm.type`,
      `must be one of ${xdmColumnTypes.join(', ')}, not "${cut(type, 50)}"${hint}`,
    );
  });
};

const columnsOnce: Rule = ({ source }, report) => {
  const names = new Set<string>();
  source?.columns?.forEach((column, index) => {
    if (column?.name === undefined) return;
    if (names.has(column.name))
      report(`source.columns[${index}].name`, `must be unique: "${column.name}" is a column already`);
    names.add(column.name);
  });
};

const adHocColumns: Rule = ({ source }, report, isWrong) => {
  if (
    source?.adHocSchema &&
    source.adHocSchema.id === undefined &&
    !source.columns &&
    !isWrong('source.adHocSchema')
  )
    report('source.columns', 'is required to make an ad-hoc schema: its fields are the columns');
};

/** AEP keeps titles unique across schemas, classes and field groups. */
const titlesDiffer: Rule = ({ name, source, schema, dataset }, report) => {
  if (name === undefined || !source?.adHocSchema || source.adHocSchema.id !== undefined) return;
  const all = titles({ name, source, schema });
  const makesSchema = schema?.id === undefined && dataset?.id === undefined;
  if (all.adHocSchema === all.adHocClass)
    report('source.adHocSchema.title', `must differ from the ad-hoc class's title "${all.adHocClass}"`);
  if (makesSchema && [all.adHocClass, all.adHocSchema].includes(all.schema))
    report(
      'schema.title',
      `must differ from the titles of the ad-hoc class and schema: "${all.schema}" is one of them`,
    );
};

export const sourceRules: Rule[] = [
  oneConnector,
  baseConnection,
  connectionToMake,
  ofFamily,
  changeDataCapture,
  ownFields,
  shortColumns,
  exploredColumns,
  columnsOnce,
  adHocColumns,
  titlesDiffer,
];
