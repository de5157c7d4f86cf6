import { adHocClass } from './ad-hoc-class.ts';
import { adHocSchema } from './ad-hoc-schema.ts';
import { baseConnectionTitle } from './base-connection.ts';
import { dataset } from './dataset.ts';
import { datasetBaseConnection } from './dataset-base-connection.ts';
import { flow } from './flow.ts';
import type { Kind } from './kinds.ts';
import { mappingSet } from './mapping-set.ts';
import type { Resource } from './resource.ts';
import { schema } from './schema.ts';
import { sourceConnection } from './source-connection.ts';
import { targetConnection } from './target-connection.ts';

/** What we know of every kind. */
export const resources: Record<Kind, Resource> = {
  adHocClass,
  adHocSchema,
  sourceConnection,
  schema,
  dataset,
  datasetBaseConnection,
  targetConnection,
  mappingSet,
  flow,
};

/** What people call each kind: in the Temporal UI, in progress and in errors. */
export function titleOf(kind: Kind | 'baseConnection'): string {
  return kind === 'baseConnection' ? baseConnectionTitle : resources[kind].title;
}
