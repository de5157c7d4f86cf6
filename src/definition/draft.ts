import type { Definition } from './definition.ts';

type Incomplete<T> = T extends (infer Item)[]
  ? (Incomplete<Item> | undefined)[]
  : T extends object
    ? { [Key in keyof T]?: Incomplete<T[Key]> | undefined }
    : T;

/** A definition of which any part may be missing, because it is not there or because it is wrong by itself. */
export type Draft = Incomplete<Definition>;
