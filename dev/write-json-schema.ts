import { writeFileSync } from 'node:fs';
import { definitionJsonSchema, jsonSchemaFile, messageJsonSchema, messageSchemaFile } from './json-schema.ts';

writeFileSync(jsonSchemaFile, definitionJsonSchema());
writeFileSync(messageSchemaFile, messageJsonSchema());
console.log(`Wrote ${jsonSchemaFile.pathname} and ${messageSchemaFile.pathname}`);
