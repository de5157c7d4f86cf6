/** The mark of a base connection, and what AEP shows of one. */
import { describe, expect, test } from 'vitest';
import {
  baseConnectionsOfFlow,
  observeConnection,
  withConnectionMark,
} from '../../src/resources/base-connection.ts';
import { parseMark } from '../../src/resources/mark.ts';

const mark = {
  connection: 'prod/shop',
  nonce: 'k3f9x2ab',
  credentials: '0123456789abcdef0123456789abcdef',
  isTested: true,
};
const line =
  'Managed by aep-dataflows as the connection prod/shop #k3f9x2ab, credentials 0123456789abcdef0123456789abcdef';

describe('the mark of a base connection', () => {
  test('is the last line of its description, and says whether AEP has tested the credentials', () => {
    expect(withConnectionMark('', mark)).toBe(line);
    expect(withConnectionMark('The shop', { ...mark, isTested: false })).toBe(
      `The shop\n${line}, not tested`,
    );
  });

  test('is no mark of a dataflow', () => expect(parseMark(line)).toBeUndefined());

  test.each([
    ['The shop', mark],
    ['', mark],
    ['The shop', { ...mark, isTested: false }],
    [`It quotes ${line}`, mark],
  ])('is read back from behind "%s"', (description, written) => {
    const text = `${withConnectionMark(description, written)} \n`;
    expect(observeConnection({ description: text })).toEqual({ id: '', description, mark: written });
  });

  test.each([
    '',
    'The shop',
    `${line} and more`,
    `${line}0`,
    line.replace('k3f9x2ab', 'K3F9X2AB'),
    line.replace('prod/shop', ''),
    `not ${line.slice(1)}`,
  ])('is not read into "%s"', (description) => {
    expect(observeConnection({ description })).toEqual({ id: '', description });
  });
});

test('of a base connection is read what AEP says of it', () => {
  expect(
    observeConnection({
      id: 'x',
      name: 'Shop',
      description: 'The shop',
      state: 'enabled',
      connectionSpec: { id: 'spec', version: '1.0' },
      auth: { specName: 'Basic Authentication', params: {} },
      createdAt: 1234,
    }),
  ).toStrictEqual({
    id: 'x',
    name: 'Shop',
    description: 'The shop',
    state: 'enabled',
    connectionSpecId: 'spec',
    authType: 'Basic Authentication',
    createdAt: 1234,
  });
  expect(observeConnection({ id: 5, name: 5, auth: 'x' })).toStrictEqual({ id: '', description: '' });
});

test('the base connections that a flow loads from are those that AEP notes in it', () => {
  const from = (...all: unknown[]) => ({ inheritedAttributes: { sourceConnections: all } });
  const one = { id: 's', baseConnection: { id: 'b' } };
  expect(baseConnectionsOfFlow(from(one, { id: 't' }, 5, { baseConnection: { id: 'c' } }))).toEqual([
    'b',
    'c',
  ]);
  expect(baseConnectionsOfFlow({ inheritedAttributes: { sourceConnections: one } })).toEqual([]);
  expect(baseConnectionsOfFlow({})).toEqual([]);
});
