import { expect, test } from 'vitest';
import { checkInput } from '../../src/workflows/inputs.ts';
import { takesNothing } from '../../src/workflows/watch/watch-input.ts';
import { z } from 'zod';

test.each([undefined, null, 3, 'x', []])('an input that is no object (%j) is called so', (input) => {
  const schema = z.strictObject({ sandbox: z.string() });
  expect(() => checkInput(schema, input, 'This cannot be deleted')).toThrow(
    'This cannot be deleted:\nThe input must be a JSON object',
  );
});

test('a field where none is known is refused without a list of what is', () => {
  expect(() => takesNothing({ force: true })).toThrow(/^This takes no input:\nforce: is not known here$/);
});

test('a definition where an object that holds one is asked for is told so, and nothing else', () => {
  const schema = z.strictObject({ definition: z.unknown(), digest: z.string().optional() });
  const definition = { name: 'orders', sandbox: 'prod', source: {}, mapping: [] };
  expect(() => checkInput(schema, definition, 'This is no update')).toThrow(
    'This is no update:\ndefinition: is missing: what was given is the definition itself. Give {"definition": …} with it inside',
  );
});
