import type { Draft } from './definition.ts';

/**
 * The titles under which the Schema Registry's kinds are made: one title serves one schema, class or field group in
 * a sandbox.
 */
export function titles({ name, source, schema }: Pick<Draft, 'source' | 'schema'> & { name: string }) {
  return {
    adHocClass: source?.adHocSchema?.class?.title ?? `${name} ad-hoc class`,
    adHocSchema: source?.adHocSchema?.title ?? `${name} ad-hoc schema`,
    schema: schema?.title ?? name,
  };
}
