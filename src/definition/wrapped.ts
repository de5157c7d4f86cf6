import type { Problem } from './problems.ts';

/** What is wrong with an input that holds a definition where the definition itself is asked for. */
export function wrappedDefinition(input: Readonly<Record<string, unknown>>): Problem | undefined {
  const { definition } = input;
  if (typeof definition !== 'object' || definition === null || Object.hasOwn(input, 'source'))
    return undefined;
  const message =
    'is not known here: give the definition itself. Only updateDataflow takes it inside of another object';
  return { field: 'definition', message };
}

/** What is wrong with a definition where an object with the definition in it is asked for. */
export function bareDefinition(input: Readonly<Record<string, unknown>>): Problem | undefined {
  if (Object.hasOwn(input, 'definition') || !Object.hasOwn(input, 'source')) return undefined;
  const message =
    'is missing: what was given is the definition itself. Give {"definition": …} with it inside';
  return { field: 'definition', message };
}
