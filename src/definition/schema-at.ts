import { z } from 'zod';
import { definitionSchema } from './definition.ts';

/** The schema of the field at `path` of a definition or of another input, for its description and the keys it knows. */
export function schemaAt(
  path: readonly PropertyKey[],
  root: z.ZodType = definitionSchema(),
): z.ZodType | undefined {
  return path.reduce<z.ZodType | undefined>(
    (schema, key) => (schema ? childSchema(schema, key) : undefined),
    root,
  );
}

/** The keys that the object at `path` knows. */
export function keysAt(path: readonly PropertyKey[], root?: z.ZodType): string[] {
  const schema = schemaAt(path, root);
  const object = schema ? bare(schema) : undefined;
  return object instanceof z.ZodObject ? Object.keys(object.shape).filter((key) => key !== '$schema') : [];
}

/** The schema of one member of an object, or of the items of a list. */
export function childSchema(parent: z.ZodType, key: PropertyKey): z.ZodType | undefined {
  const schema = bare(parent);
  if (schema instanceof z.ZodArray && schema.element instanceof z.ZodType) return schema.element;
  if (!(schema instanceof z.ZodObject) || !Object.hasOwn(schema.shape, key)) return undefined;
  const found: unknown = Reflect.get(schema.shape, key);
  return found instanceof z.ZodType ? found : undefined;
}

/** Without "optional" around it; of what can be written in several ways the one that has members. */
function bare(schema: z.ZodType): z.ZodType {
  const inner =
    schema instanceof z.ZodOptional
      ? schema.unwrap()
      : schema instanceof z.ZodUnion
        ? schema.options.find((one) => one instanceof z.ZodObject)
        : schema;
  return inner instanceof z.ZodType && inner !== schema ? bare(inner) : schema;
}
