import type { z } from 'zod';

/** Nobody sees them, or they only turn what stands beside them around. The last one looks like a blank. */
const unseen = /[\p{Default_Ignorable_Code_Point}\p{Cf}\u2800]/u;
const otherBlank = /(?! )\p{Zs}/u;

/**
 * Of names that look the same, only one may be had: else a dataflow could be locked under two names, or one part be made
 * twice. Refused, not mended, since whoever starts a dataflow gives its workflow id as well.
 */
export function mustLookLikeNoOther(name: string, { addIssue }: z.RefinementCtx<string>): void {
  const message = problemOf(name);
  if (message) addIssue({ code: 'custom', message });
}

function problemOf(name: string): string | undefined {
  const [hidden] = unseen.exec(name) ?? [];
  if (hidden) return `must have no characters that cannot be seen; ${codePoint(hidden)} is one`;
  const [blank] = otherBlank.exec(name) ?? [];
  if (blank) return `must have no blanks but plain spaces; ${codePoint(blank)} is another one`;
  if (name.includes('  ')) return 'must have no two spaces in a row';
  if (name !== name.normalize('NFC'))
    return 'must be in Unicode’s composed form (NFC), where é is one character and not e with an accent after it';
  return undefined;
}

function codePoint(character: string): string {
  return `U+${character.codePointAt(0)!.toString(16).toUpperCase().padStart(4, '0')}`;
}
