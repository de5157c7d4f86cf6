import { expect, it } from 'vitest';
import { coloured, wantsColours } from '../../src/cli/colour.ts';

/** The words that are coloured, each with the number of its colour. */
const marks = (text: string) =>
  coloured(text)
    .split('\u001B[')
    .slice(1)
    .map((part) => [part.slice(part.indexOf('m') + 1).trim(), Number.parseInt(part, 10)])
    .filter(([, colour]) => colour !== 39);
const [red, green, yellow] = [31, 32, 33];

it('verdicts and the signs of a plan are in colours, and nothing else is', () => {
  expect(marks('failed since 2026: flow f\n  why: It is ok now, failed before')).toEqual([['failed', red]]);
  expect(marks('dataflow  verdict  since\nprod/a    ok       2026\nprod/b    paused')).toEqual([
    ['ok', green],
    ['paused', yellow],
  ]);
  expect(marks('ok      Temporal  server 1\nfailed  AEP  away')).toEqual([
    ['ok', green],
    ['failed', red],
  ]);
  expect(
    marks('  + schema is made: x\n  ~ flow\n-/+ flow\n  - flow\n  ! flow\n    flow stays: a - b'),
  ).toEqual([
    ['+', green],
    ['~', yellow],
    ['-/+', yellow],
    ['-', red],
    ['!', red],
  ]);
  const plain = '{\n  "name": "ok"\n}\nNo orphan.';
  expect(coloured(plain)).toBe(plain);
});

it('colours are for a terminal that wants them, unless --color says otherwise', () => {
  const terminal = { isTTY: true };
  expect(wantsColours('auto', terminal, {})).toBe(true);
  expect(wantsColours('auto', {}, {})).toBe(false);
  expect(wantsColours('auto', terminal, { NO_COLOR: '1' })).toBe(false);
  expect(wantsColours('auto', terminal, { TERM: 'dumb' })).toBe(false);
  expect(wantsColours('never', terminal, {})).toBe(false);
  expect(wantsColours('always', {}, { NO_COLOR: '1' })).toBe(true);
});
