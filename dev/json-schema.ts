import { z } from 'zod';
import { definitionSchema } from '../src/definition/definition.ts';
import { messageSchema } from '../src/runs/notification.ts';

/** Where the examples, and so the users' editors, find it. */
export const jsonSchemaFile = new URL('../examples/dataflow.schema.json', import.meta.url);
/** Where those who receive messages find what is in them. */
export const messageSchemaFile = new URL('../docs/message.schema.json', import.meta.url);

/** The definition as JSON Schema, for editors. What spans fields is only checked by `parseDefinition`. */
export function definitionJsonSchema(): string {
  // Draft 7 is what editors know best.
  const schema = z.toJSONSchema(definitionSchema(), { target: 'draft-7', io: 'input' });
  return `${JSON.stringify({ title: 'Dataflow definition', ...schema }, eachTypeAlone, 2)}\n`;
}

/** For `JSON.stringify`: a list of types as alternatives, as strict validators want it. */
function eachTypeAlone(_key: string, part: unknown): unknown {
  if (typeof part !== 'object' || part === null || !('type' in part) || !Array.isArray(part.type))
    return part;
  const { type, ...others } = part;
  return { ...others, anyOf: type.map((one: unknown) => ({ type: one })) };
}

/** What watchers and creates tell, as JSON Schema. More fields and events may come. */
export function messageJsonSchema(): string {
  const schema = z.toJSONSchema(messageSchema, { target: 'draft-7', io: 'input', override: byPattern });
  return `${JSON.stringify({ title: 'Message about a flow or a create', ...schema }, null, 2)}\n`;
}

/** Patterns alone: strict validators know no format unless it is added, and refuse the whole schema. */
function byPattern({ jsonSchema }: { jsonSchema: z.core.JSONSchema.BaseSchema }): void {
  if (jsonSchema.format === 'uri') jsonSchema.pattern = '^https?://';
  delete jsonSchema.format;
}
