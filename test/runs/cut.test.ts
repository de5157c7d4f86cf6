import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { Unavailable } from '../../src/aep/errors.ts';
import { cut, tellSome } from '../../src/cut.ts';
import { parseDefinition } from '../../src/definition/parse.ts';
import { InvalidDefinitionError } from '../../src/definition/problems.ts';
import { readFlow } from '../../src/runs/flow.ts';
import { readRun } from '../../src/runs/read-run.ts';
import { fail, invalid, invalidDefinition, reasonOf } from '../../src/workflows/failures.ts';

const units = fc.oneof(fc.constantFrom('a', 'é', '🙂', '\ud83d', '\ude42'), fc.string({ unit: 'binary' }));
const texts = fc.array(units, { maxLength: 60 }).map((parts) => parts.join(''));

test('a text is cut between two characters, says that it was, and holds no half of a character', () => {
  fc.assert(
    fc.property(texts, fc.integer({ min: 1, max: 40 }), (text, limit) => {
      const short = cut(text, limit);
      const characters = Array.from(text.toWellFormed());
      expect(short.isWellFormed()).toBe(true);
      if (characters.length <= limit) expect(short).toBe(text.toWellFormed());
      else expect(short).toBe(`${characters.slice(0, limit - 1).join('')}…`);
    }),
  );
});

test.each([
  [20, /^n1, .*, n19, n20$/],
  [21, /^n1, .*, n19, n20 and 1 more$/],
  [40, /^n1, .*, n19, n20 and 20 more$/],
])('of %i names twenty are told, and how many there are besides', (count, told) => {
  const names = Array.from({ length: count }, (_, index) => `n${index + 1}`);
  expect(tellSome(names)).toMatch(told);
});

/** Emoji that begin at an odd and at an even place, so that one of the two is in the middle at any limit. */
const long = ['🙂'.repeat(5_000), `a${'🙂'.repeat(5_000)}`, 'half of one: \ud83d'];

test.each(long)('no text of others is told with half a character in it (%#)', (text) => {
  const told: unknown[] = [
    readFlow({
      name: text,
      state: text,
      inheritedAttributes: { sourceConnections: [{ connectionSpec: { id: text } }] },
    }),
    readRun({
      id: text,
      metrics: { statusSummary: { status: text, errors: [{ code: text, message: text }] } },
      activities: [{ id: text, statusSummary: { errors: [{ message: text }] } }],
    }),
    textsOf(new Unavailable({ call: 'GET /x', code: text, title: text, detail: text, requestId: text })),
    textsOf(fail('Rejected', text)),
    textsOf(invalidDefinition(text, [{ field: text, message: text }])),
    reasonOf(new Error(text)),
    problemsOf({ name: text, schedule: { frequency: text }, [text]: text }),
  ];
  for (const one of told) expect(/\\ud[89a-f]/i.test(JSON.stringify(one))).toBe(false);
});

function textsOf(error: Error): unknown {
  return Object.getOwnPropertyNames(error).map((name): unknown => Reflect.get(error, name));
}

function problemsOf(definition: unknown): unknown {
  try {
    return parseDefinition(definition);
  } catch (error) {
    expect(error).toBeInstanceOf(InvalidDefinitionError);
    return error instanceof InvalidDefinitionError && textsOf(invalid(error.problems));
  }
}
