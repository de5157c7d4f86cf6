import { describe, expect, test } from 'vitest';
import { causeOf } from '../../src/runs/read-run.ts';

describe('an error code of a run', () => {
  test.each([
    ['CONNECTOR-1001-500', true],
    ['CONNECTOR-2001-500', true],
    ['CONNECTOR-3001-500', true],
    ['CONNECTOR-1013-412', false],
    ['CONNECTOR-1006-408', true],
    ['CONNECTOR-9999-401', false],
    ['INGEST-1212-400', false],
    ['INGEST-9999-503', true],
    ['MAPPER-3700-400', false],
    ['SOMETHING-1-429', true],
    ['SOMETHING-1-403', false],
    ['SOMETHING', true],
    [undefined, true],
  ])('%s: whether it can heal by itself is %s, and it has a next step', (code, heals) => {
    expect(causeOf(code)).toMatchObject({ heals, next: expect.stringMatching(/\.$/) });
  });
});
