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
