import type { Definition } from '../definition/definition.ts';
import { defined } from './json.ts';
import { kinds, type Kind, type ResourceIds } from './kinds.ts';

/** The ids that a definition gives: resources that are used and never made, changed or deleted. */
export function givenIds({ source, schema, dataset, target }: Definition): ResourceIds {
  return defined({
    adHocSchema: source.adHocSchema?.id,
    schema: schema?.id,
    dataset: dataset?.id,
    datasetBaseConnection: target?.datasetBaseConnection?.id,
  });
}

/** The kinds that a dataflow makes for itself, in the order in which people read them. */
export function kindsToMake({ source, schema, dataset, target }: Definition): Kind[] {
  const adHoc = source.adHocSchema !== undefined && source.adHocSchema.id === undefined;
  const made: Record<Kind, boolean> = {
    adHocClass: adHoc,
    adHocSchema: adHoc,
    sourceConnection: true,
    schema: schema?.id === undefined && dataset?.id === undefined,
    dataset: dataset?.id === undefined,
    datasetBaseConnection:
      target?.datasetBaseConnection !== undefined && target.datasetBaseConnection.id === undefined,
    targetConnection: true,
    mappingSet: true,
    flow: true,
  };
  return kinds.filter((kind) => made[kind]);
}
