import { readdirSync, readFileSync } from 'node:fs';
import { parseDefinition } from '../../src/definition/parse.ts';
import { isIdle } from '../../src/plan/plan.ts';
import type { Crew } from './crew.ts';

const folder = new URL('../../examples/', import.meta.url);

/** Makes each example's dataflow and plans it again. Returns what is wrong, a line each. */
export async function everyExample({ dataflows }: Crew): Promise<{ made: number; wrong: string[] }> {
  const files = readdirSync(folder).filter(
    (file) => file.endsWith('.json') && !file.endsWith('.schema.json'),
  );
  const wrong: string[] = [];
  for (const file of files) {
    const { definition } = parseDefinition(JSON.parse(readFileSync(new URL(file, folder), 'utf8')));
    try {
      await (await dataflows.start(definition)).result();
      const { steps } = await dataflows.plan(definition);
      const left = steps.filter(({ action }) => !isIdle(action));
      if (left.length > 0)
        wrong.push(`${file}: ${left.map(({ kind, action }) => `${action} ${kind}`).join()}`);
    } catch (error) {
      wrong.push(`${file}: ${String(error)}`);
    }
  }
  return { made: files.length - wrong.length, wrong };
}
