import type { Definition } from '../definition/definition.ts';
import { resources } from './index.ts';
import { kinds, type Kind, type ResourceIds } from './kinds.ts';

/** The ids that a definition names itself: these resources are used as they are, and never changed or deleted. */
export function givenIds(definition: Definition): ResourceIds {
  return Object.fromEntries(
    kinds.flatMap((kind) => {
      const id = resources[kind].given?.id(definition);
      return id === undefined ? [] : [[kind, id]];
    }),
  );
}

/** The kinds that a definition needs, in the order of the tutorials. */
export function neededKinds(definition: Definition): Kind[] {
  return kinds.filter((kind) => resources[kind].isNeeded?.(definition) ?? true);
}

/** A kind that stays when a dataflow is deleted, unless it is named: it may hold data or serve others. */
export type AlsoKind = 'dataset' | 'schema' | 'adHocSchema' | 'adHocClass';

export const alsoKinds = kinds
  .toReversed()
  .filter((kind): kind is AlsoKind => resources[kind].staysOnDelete === true);

/** What refers comes before what is referred to, and what stays unless it is named comes last. */
export const deletionOrder: readonly Kind[] = [
  ...kinds.filter((kind) => !resources[kind].staysOnDelete).toReversed(),
  ...alsoKinds,
];
