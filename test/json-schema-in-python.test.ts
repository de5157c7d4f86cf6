import { execFile } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { hasPython, pythonWith } from './support/python.ts';

const run = promisify(execFile);
const examples = readdirSync('examples').filter((name) => /(?<!schema)\.json$/.test(name));

// Not beside the other tests of the schema, which are there in a moment: it installs packages, and generates code.
test.skipIf(!hasPython)(
  'the published JSON Schema is taken by jsonschema in Python, and by the models that are generated from it',
  async () => {
    const python = await pythonWith([
      'jsonschema==4.26.0',
      'datamodel-code-generator==0.89.0',
      'pydantic==2.14.3',
    ]);
    const { stdout } = await run(python, ['-W', 'ignore', 'test/fixtures/json_schema_session.py']);
    expect(JSON.parse(stdout)).toEqual({ jsonschema: examples, pydantic: examples });
  },
  300_000,
);
