import type { Definition } from '../definition/definition.ts';
import { kinds, type Kind, type ResourceIds } from './kinds.ts';

/** The ids that a definition names itself: these resources are used as they are, and never changed or deleted. */
export function givenIds({ source, schema, dataset, target }: Definition): ResourceIds {
  const given: Partial<Record<Kind, string | undefined>> = {
    adHocSchema: source.adHocSchema?.id,
    schema: schema?.id,
    dataset: dataset?.id,
    datasetBaseConnection: target?.datasetBaseConnection?.id,
  };
  return Object.fromEntries(Object.entries(given).filter(([, id]) => id !== undefined));
}

/** The kinds that a definition needs, in the order of the tutorials. */
export function neededKinds({ source, target }: Definition): Kind[] {
  const olderOnly: Partial<Record<Kind, boolean>> = {
    adHocClass: source.adHocSchema !== undefined && source.adHocSchema.id === undefined,
    adHocSchema: source.adHocSchema !== undefined,
    datasetBaseConnection: target?.datasetBaseConnection !== undefined,
  };
  return kinds.filter((kind) => olderOnly[kind] ?? true);
}

/** What refers comes before what is referred to. */
export const deletionOrder: readonly Kind[] = [
  'flow',
  'sourceConnection',
  'targetConnection',
  'datasetBaseConnection',
  'mappingSet',
  'dataset',
  'schema',
  'adHocSchema',
  'adHocClass',
];

/** The kinds that are made anew, while there is no flow, where a corrected definition asks for something else: nothing but the flow depends on them. */
export const replaceableKinds: ReadonlySet<Kind> = new Set([
  'sourceConnection',
  'targetConnection',
  'datasetBaseConnection',
  'mappingSet',
]);

/** The kinds that AEP has no DELETE for, and how people are told. */
export const undeletable: Partial<Record<Kind, string>> = { mappingSet: 'AEP cannot delete mapping sets' };

/** The kinds that stay when a dataflow is deleted, unless they are named: they may hold data or serve others. */
export const alsoKinds = ['dataset', 'schema', 'adHocSchema', 'adHocClass'] as const satisfies Kind[];

/** The kinds whose title AEP keeps unique: a second create is refused and names the first. */
export const uniqueKinds: ReadonlySet<Kind> = new Set(['adHocClass', 'adHocSchema', 'schema']);
