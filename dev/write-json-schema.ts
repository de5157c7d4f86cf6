import { writeFileSync } from 'node:fs';
import { definitionJsonSchema, jsonSchemaFile } from './json-schema.ts';

writeFileSync(jsonSchemaFile, definitionJsonSchema());
console.log(`Wrote ${jsonSchemaFile.pathname}`);
