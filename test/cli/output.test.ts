import { expect, it } from 'vitest';
import { visible } from '../../src/cli/output.ts';

it('what others have written is shown to a person, and tells the terminal nothing', () => {
  const message = 'Row 3: "\u001b]0;all is well\u0007\u001b[2J\u009b31m\u007f" is no date\r';
  expect(visible(message)).toBe(
    String.raw`Row 3: "\u001b]0;all is well\u0007\u001b[2J\u009b31m\u007f" is no date\u000d`,
  );
  expect(visible('NAME\tÄ → 漢字 😀\nnext line')).toBe('NAME\tÄ → 漢字 😀\nnext line');
});

it('JSON says the same as before', () => {
  const said = { name: 'a\u009bb\u007f\u0085' };
  expect(visible(JSON.stringify(said))).toBe(String.raw`{"name":"a\u009bb\u007f\u0085"}`);
  expect(JSON.parse(visible(JSON.stringify(said, undefined, 2)))).toEqual(said);
});
