import { mkdirSync, writeFileSync } from 'node:fs';
import { definitionJsonSchema, jsonSchemaFile, messageJsonSchema, messageSchemaFile } from './json-schema.ts';
import { referenceFolder, referencePages } from './reference.ts';

writeFileSync(jsonSchemaFile, definitionJsonSchema());
writeFileSync(messageSchemaFile, messageJsonSchema());
mkdirSync(referenceFolder, { recursive: true });
for (const [name, text] of Object.entries(referencePages()))
  writeFileSync(new URL(name, referenceFolder), text);
console.log(
  `Wrote ${jsonSchemaFile.pathname}, ${messageSchemaFile.pathname} and ${referenceFolder.pathname}`,
);
