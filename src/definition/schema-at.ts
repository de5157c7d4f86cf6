import { z } from 'zod';
import { definitionSchema } from './definition.ts';

/** The schema of the field at `path`, for its description and the keys it knows. */
export function schemaAt(path: readonly PropertyKey[]): z.ZodType | undefined {
  return path.reduce<z.ZodType | undefined>(
    (schema, key) => (schema ? child(bare(schema), key) : undefined),
    definitionSchema(),
  );
}

/** The keys that the object at `path` knows. */
export function keysAt(path: readonly PropertyKey[]): string[] {
  const schema = schemaAt(path);
  const object = schema ? bare(schema) : undefined;
  return object instanceof z.ZodObject ? Object.keys(object.shape).filter((key) => key !== '$schema') : [];
}

function child(schema: z.ZodType, key: PropertyKey): z.ZodType | undefined {
  if (schema instanceof z.ZodArray && schema.element instanceof z.ZodType) return schema.element;
  if (!(schema instanceof z.ZodObject) || !Object.hasOwn(schema.shape, key)) return undefined;
  const found: unknown = Reflect.get(schema.shape, key);
  return found instanceof z.ZodType ? found : undefined;
}

/** Without "optional" around it. */
function bare(schema: z.ZodType): z.ZodType {
  const inner = schema instanceof z.ZodOptional ? schema.unwrap() : schema;
  return inner instanceof z.ZodType && inner !== schema ? bare(inner) : schema;
}
