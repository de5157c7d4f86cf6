import type { JsonObject } from '../resources/resource.ts';
import type { Created } from './collection.ts';
import type { Call } from './http.ts';

/** Schemas or classes. Ids are `$id`s (`https://ns.adobe.com/…`) or `meta:altId`s; what is created answers with its `$id`. */
export interface XdmResources {
  /** @throws TitleTaken where a schema, class or field group of this title exists. */
  create(call: Call, body: JsonObject): Promise<Created>;
  /** As it is stored, its `allOf` not expanded. Undefined where it is not there. */
  get(call: Call, id: string): Promise<JsonObject | undefined>;
  /** The one of exactly this title, as `get` shows it. */
  findByTitle(call: Call, title: string): Promise<JsonObject | undefined>;
  /** False where it was not there. */
  remove(call: Call, id: string): Promise<boolean>;
}

export interface SchemaRegistry {
  schemas: XdmResources;
  classes: XdmResources;
}
