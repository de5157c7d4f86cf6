import type { JsonObject } from '../resources/resource.ts';
import type { Call } from './http.ts';

/** What can be done with every kind of resource. Ids are bare: no `@/dataSets/` before them, no URL encoding. */
export interface Collection {
  /** Every resource of exactly this name, each once, from all pages. Lists may lag behind what exists. */
  list(call: Call, filter: { name: string }): Promise<JsonObject[]>;
  /** Undefined where it is not there. */
  get(call: Call, id: string): Promise<JsonObject | undefined>;
  create(call: Call, body: JsonObject): Promise<Created>;
  /** False where it was not there. */
  remove(call: Call, id: string): Promise<boolean>;
}

export interface Created {
  id: string;
  etag?: string;
}
