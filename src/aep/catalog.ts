import type { Collection } from './collection.ts';

/** Datasets come with their `id` among their own fields. */
export interface Catalog {
  datasets: Collection;
}
