/** A type of an input, as its source documents it. */
export interface Documented {
  name: string;
  about: string;
  /** What it extends. */
  bases: string[];
  fields: { name: string; isOptional: boolean; about: string }[];
}

const comment = String.raw`\/\*\*((?:(?!\*\/)[\s\S])*)\*\/\s*`;

/** The exported interfaces of a source text that have a comment, with their fields. */
export function documentedInterfaces(source: string): Documented[] {
  const found = source.matchAll(
    new RegExp(
      String.raw`(?:^${comment})?^export interface (\w+)(?: extends ([^{]*))? \{\n([\s\S]*?)^\}`,
      'gm',
    ),
  );
  return [...found].map(([, about = '', name = '', bases = '', body = '']) => ({
    name,
    about: plain(about),
    bases: [...bases.matchAll(/\w+/g)].map(([base]) => base),
    fields: [...body.matchAll(new RegExp(String.raw`(?:^ {2}${comment})?^ {2}(\w+)(\?)?:`, 'gm'))].map(
      ([, about = '', name = '', optional]) => ({ name, isOptional: optional === '?', about: plain(about) }),
    ),
  }));
}

/** What an update or a query takes: the name of the argument, where it has one, and its type. */
export interface Takes {
  label: string;
  type: string;
}

/** The updates and queries that a source text defines, with what they take. */
export function documentedConstants(
  source: string,
): { name: string; kind: string; takes: Takes | undefined; about: string }[] {
  const found = source.matchAll(
    new RegExp(String.raw`${comment}export const (\w+) = define(Update|Query)<([\s\S]*?)>\('(\w+)'\)`, 'g'),
  );
  return [...found].map(([, about = '', , kind = '', types = '', name = '']) => ({
    name,
    kind: kind.toLowerCase(),
    takes: argumentOf(types),
    about: plain(about),
  }));
}

/** A comment without its stars, as one line. */
function plain(text: string): string {
  return text
    .replace(/^\s*\*( |$)/gm, '')
    .replace(/\s+/g, ' ')
    .trim();
}

function argumentOf(types: string): Takes | undefined {
  const [, label = '', type] = /, \[(?:(\w+): )?([^\]]*)\]$/.exec(types) ?? [];
  return type === undefined ? undefined : { label, type };
}
