import { titleOf } from './index.ts';
import type { Warning } from '../definition/problems.ts';
import { textAt } from './json.ts';
import type { Kind } from './kinds.ts';
import type { JsonObject, Observed } from './resource.ts';

/** A resource that is there, and what would have been asked for in its place: the body without its mark. */
interface Kept {
  kind: Kind;
  body: JsonObject;
  found: Observed;
}

/**
 * What to say of names, titles and descriptions that resources keep although the definition asks for others: a create
 * changes nothing that is there. Undefined where there is nothing to say.
 */
export function keptWarning(kept: readonly Kept[]): Warning | undefined {
  const told = kept.flatMap(({ kind, body, found }) => {
    const texts = ['name', 'title', 'description'].filter((text) => {
      const there = text === 'description' ? found.description : found.name;
      const wanted = textAt(body, text);
      return wanted !== undefined && wanted.trim() !== there?.trim();
    });
    return texts.length === 0 ? [] : [`the ${texts.join(' and ')} of the ${titleOf(kind)} ${found.id}`];
  });
  if (told.length === 0) return undefined;
  const message = `Not applied, since a create changes nothing that is there: ${told.join(', ')}. Change it in AEP, or take it back in the definition`;
  return { code: 'kept-as-it-is', message };
}
