import { describe, expect, test } from 'vitest';
import { definitionHash } from '../../src/definition/identity.ts';
import { parseDefinition } from '../../src/definition/parse.ts';
import { InvalidDefinitionError } from '../../src/definition/problems.ts';
import { large } from './large.ts';
import { problemsOf, sample } from './sample.ts';

/** Milliseconds of CPU that one definition takes to be judged, as a workflow does it: the least of some rounds. */
function cost(definition: object): number {
  const rounds = Array.from({ length: 3 }, () => {
    const before = process.cpuUsage();
    judge(definition);
    const { user, system } = process.cpuUsage(before);
    return (user + system) / 1_000;
  });
  return Math.min(...rounds);
}

function judge(definition: object): void {
  try {
    definitionHash(parseDefinition(definition).definition);
  } catch (error) {
    if (!(error instanceof InvalidDefinitionError)) throw error;
  }
}

describe('a definition that is eight times as large takes about eight times as long to judge', () => {
  // 64 times would be quadratic. A busy machine doubles this and that, but not each time.
  const [times, most, tries] = [8, 24, 4];
  test.each(Object.entries(large))('%s', (_, of) => {
    const [small, big] = [of(25_000), of(25_000 * times)];
    let growth = Infinity;
    for (let round = 0; round < tries && growth > most; round++)
      growth = Math.min(growth, cost(big) / Math.max(cost(small), 0.5));
    expect(growth).toBeLessThan(most);
  });
});

describe('where there are more mistakes than anybody reads', () => {
  const wrong = Array.from({ length: 1_000 }, (_, index) => ({
    source: `column ${index}`,
    destination: `_t.f${index}`,
  }));
  const columns = Array.from({ length: 1_000 }, (_, index) => ({ name: `Column_${index}`, type: 'string' }));
  const definition = {
    ...sample,
    source: { ...sample.source, columns },
    mapping: wrong,
    deltaColumn: { name: 'Column_1' },
  };

  test('the first hundred get a suggestion, and all are told', () => {
    const problems = problemsOf(definition);
    expect(problems).toHaveLength(1_000);
    expect(problems[99]!.message).toContain('did you mean "Column_99"?');
    expect(problems[100]!.message).toBe('must be one of the columns; "column 100" is not among them');
  });

  test('a key that is unknown is told as one, with or without a suggestion', () => {
    const keys = Object.fromEntries(Array.from({ length: 300 }, (_, index) => [`mapping${index}`, 1]));
    const problems = problemsOf({ ...sample, ...keys });
    expect(problems).toHaveLength(300);
    expect(problems[0]!.message).toContain('did you mean "mapping"?');
    expect(problems[299]!.message).toContain('is not known here; known are name, description');
  });
});

test('a path into a column with a structure is the column, and one that only begins like it is not', () => {
  const columns = ['order', 'order.total', 'lines[0]'].map((name) => ({ name, type: 'string' }));
  const fieldsOf = (source: string) =>
    problemsOf({
      ...sample,
      source: { ...sample.source, columns },
      mapping: [{ source, destination: '_id' }],
      deltaColumn: { name: 'order' },
    }).map(({ field }) => field);
  for (const source of ['order', 'order.id', 'order[1].id', 'order.total', 'lines[0].id'])
    expect(fieldsOf(source)).toEqual([]);
  for (const source of ['orders', 'orde', 'lines', 'lines[1]', '.order', 'order_id'])
    expect(fieldsOf(source)).toEqual(['mapping[0].source']);
});
