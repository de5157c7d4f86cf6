import * as fc from 'fast-check';
import { spelledName } from '../../src/data-prep/column-path.ts';
import { functions } from '../../src/data-prep/functions.ts';

/** A well-formed expression, the columns that it names, and how many functions it calls. */
export interface Made {
  text: string;
  columns: string[];
  calls: number;
}

const names = ['a', 'und', 'Größe', 'Order ID', 'First.Name', 'date', '_x', 'x{y}\\z'];
const literals = [
  '1',
  '1.5e3',
  '0x1F',
  '"it\'s, (so"',
  String.raw`'a "]" \' b'`,
  'true',
  'null',
  '2019-10-23',
];
const operators = ['+', '-', '==', '!=', '&&', ' and ', ' eq ', '<=', '% ', '=~', '??', '?:', '..'];
const prefixes = ['!', '- ', 'not ', 'empty ', 'size ', '~'];
const methods = ['equals', 'get', 'length'];

const of = (text: string, ...parts: Made[]): Made => ({
  text,
  columns: parts.flatMap(({ columns }) => columns),
  calls: parts.reduce((sum, { calls }) => sum + calls, 0),
});

const column = fc
  .record({ name: fc.constantFrom(...names), rest: fc.constantFrom('', '.b', '[0]', '[*].c', '["k"].d') })
  .map(({ name, rest }): Made => ({ ...of(spelledName(name) + rest), columns: [name + rest] }));
const literal = fc.constantFrom(...literals).map((text) => of(text));

/** Any expression of the documented forms, where each argument of a function is what it may be. */
export const anyExpression: fc.Arbitrary<Made> = fc.letrec<{ made: Made; leaf: Made }>((tie) => {
  const made = tie('made');
  const list = fc.array(made, { maxLength: 3 });
  const text = (parts: Made[]) => parts.map((part) => part.text).join(', ');
  // Attributes of objects are no columns there.
  const called = [...functions.values()].filter(({ name }) => !/^(?:object|array)_to_map$/.test(name));
  const call = fc
    .constantFrom(...called)
    .chain(({ name, least, most }) =>
      fc
        .array(made, { minLength: least, maxLength: Math.min(most, least + 2) })
        .map((args) => ({ name, args })),
    )
    .map(({ name, args }): Made => {
      const inside = of('', ...args);
      return { ...inside, text: `${name}(${text(args)})`, calls: inside.calls + 1 };
    });
  return {
    leaf: fc.oneof(column, literal),
    made: fc.oneof(
      { depthSize: 'small', withCrossShrink: true },
      tie('leaf'),
      call,
      fc
        .tuple(made, fc.constantFrom(...operators), made)
        .map(([left, operator, right]) => of(`${left.text} ${operator} ${right.text}`, left, right)),
      fc.tuple(made, made, made).map(([a, b, c]) => of(`(${a.text}) ? ${b.text} : (${c.text})`, a, b, c)),
      fc.tuple(fc.constantFrom(...prefixes), made).map(([sign, one]) => of(`${sign}(${one.text})`, one)),
      list.map((parts) => of(`[${text(parts)}]`, ...parts)),
      list.map((parts) =>
        of(`{${parts.map((part, index) => `"k${index}": ${part.text}`).join(', ')}}`, ...parts),
      ),
      fc
        .tuple(made, fc.constantFrom(...methods), list)
        .map(([one, method, args]) => of(`(${one.text}).${method}(${text(args)}).x`, one, ...args)),
      made.map((one) => of(`filterArray([1], item -> item.b == ${one.text})`, one)).map(countOne),
    ),
  };
}).made;

function countOne(made: Made): Made {
  return { ...made, calls: made.calls + 1 };
}
