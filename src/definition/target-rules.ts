import type { Rule } from './rules.ts';

const onlyId =
  (part: object | undefined, field: string, what: string): Rule =>
  (_, report) => {
    const { id, ...others } = { id: undefined, ...part };
    if (id === undefined) return;
    for (const key of Object.keys(others))
      report(`${field}.${key}`, `must be left out beside id: ${what} is used as it is`);
  };

const existingAsTheyAre: Rule = (draft, ...rest) => {
  onlyId(draft.schema, 'schema', 'an existing schema')(draft, ...rest);
  onlyId(draft.dataset, 'dataset', 'an existing dataset')(draft, ...rest);
  onlyId(
    draft.target?.datasetBaseConnection,
    'target.datasetBaseConnection',
    'an existing connection',
  )(draft, ...rest);
  onlyId(draft.source?.adHocSchema, 'source.adHocSchema', 'an existing ad-hoc schema')(draft, ...rest);
};

const schemaOfDataset: Rule = ({ schema, dataset }, report, isWrong) => {
  if (dataset?.id !== undefined) {
    if (schema && schema.id === undefined)
      report('schema', 'must be left out where dataset.id is given: the schema is read from the dataset');
  } else if (isWrong('dataset') || isWrong('schema.id')) return;
  else if (!schema)
    report(
      'schema',
      'is required: {"class", "fieldGroups"} for a new one, {"id"} for an existing one; or "dataset": {"id"}, whose schema is used',
    );
  else if (schema.id === undefined && schema.class === undefined)
    report(
      'schema.class',
      'is required for a new schema, such as https://ns.adobe.com/xdm/context/profile; or give id',
    );
};

const schemaIdsAreSchemas: Rule = ({ source, schema }, report) => {
  for (const [field, id] of [
    ['source.adHocSchema.id', source?.adHocSchema?.id],
    ['schema.id', schema?.id],
  ] as const)
    if (id?.includes('/classes/'))
      report(field, 'must be the $id of a schema (…/schemas/…); this is the $id of a class');
};

export const targetRules: Rule[] = [existingAsTheyAre, schemaOfDataset, schemaIdsAreSchemas];
