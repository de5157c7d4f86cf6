import type { Problem } from './problems.ts';

/** Whether an input holds a definition inside of another object. */
export function isWrapped(
  input: unknown,
): input is Readonly<Record<string, unknown>> & { definition: object } {
  if (typeof input !== 'object' || input === null || Object.hasOwn(input, 'source')) return false;
  // With environments beside it, it is a definition all the same.
  if (Object.hasOwn(input, 'environments')) return false;
  const definition: unknown = Reflect.get(input, 'definition');
  return typeof definition === 'object' && definition !== null;
}

/** What is wrong with an input that holds a definition where the definition itself is asked for. */
export function wrappedDefinition(input: Readonly<Record<string, unknown>>): Problem | undefined {
  if (!isWrapped(input)) return undefined;
  const message =
    'is not known here: give the definition itself. Only planDataflow, createDataflow and updateDataflow take it inside of another object';
  return { field: 'definition', message };
}

/** What is wrong with a definition where an object with the definition in it is asked for. */
export function bareDefinition(input: Readonly<Record<string, unknown>>): Problem | undefined {
  if (Object.hasOwn(input, 'environments')) {
    const message =
      'goes inside with the definition that it belongs to: give {"definition": {"definition": …, "environments": …, "environment": …}}';
    return { field: 'environments', message };
  }
  if (Object.hasOwn(input, 'definition') || !Object.hasOwn(input, 'source')) return undefined;
  const message =
    'is missing: what was given is the definition itself. Give {"definition": …} with it inside';
  return { field: 'definition', message };
}
