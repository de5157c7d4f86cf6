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

/** The kinds whose title AEP keeps unique: a second create is refused and names the first. */
export const uniqueKinds: ReadonlySet<Kind> = new Set(['adHocClass', 'adHocSchema', 'schema']);
