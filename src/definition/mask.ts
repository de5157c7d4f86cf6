import { partsOf } from './field-tree.ts';
import { suggestions } from './nearest.ts';
import type { Problem } from './problems.ts';
import { keysAt } from './schema-at.ts';
import { unknownKeys } from './shape.ts';

/** What is wrong with fields that are to be masked: one that no definition has would hide nothing, and nobody would know. */
export function maskProblems(mask: readonly string[]): Problem[] {
  const suggest = suggestions();
  return mask.flatMap((field, index) => {
    const path: string[] = [];
    for (const part of partsOf(field)) {
      const key = part.replace(/^\./, '');
      const known = keysAt(path);
      if (known.length > 0 && !known.includes(key)) {
        const message = `${key} ${unknownKeys(known, suggest)(key)}: give a field of a definition, such as "schedule.interval"`;
        return [{ field: `mask[${index}]`, message }];
      }
      path.push(key);
    }
    return [];
  });
}
