import type { Definition } from './definition.ts';

/** The titles under which the Schema Registry's kinds are made: one title serves one schema, class or field group in a sandbox. */
export function titles({ name, source, schema }: Pick<Definition, 'name' | 'source' | 'schema'>) {
  return {
    adHocClass: source.adHocSchema?.class?.title ?? `${name} ad-hoc class`,
    adHocSchema: source.adHocSchema?.title ?? `${name} ad-hoc schema`,
    schema: schema?.title ?? name,
  };
}
