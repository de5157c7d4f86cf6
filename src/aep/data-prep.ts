import type { JsonObject } from '../resources/resource.ts';
import type { Collection } from './collection.ts';
import type { Call } from './http.ts';

/** Mapping sets cannot be deleted, and not every one comes back with the name it was given. */
export interface MappingSets extends Pick<Collection, 'list' | 'get' | 'create'> {
  /** The newest `limit` mapping sets, newest first. */
  newest(call: Call, limit: number): Promise<JsonObject[]>;
}

export interface DataPrep {
  mappingSets: MappingSets;
}
