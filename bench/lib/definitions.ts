import { readFileSync } from 'node:fs';
import type { Definition } from '../../src/definition/definition.ts';
import { parseDefinition } from '../../src/definition/parse.ts';

export type Generation = 'newer' | 'older';

let count = 0;
const run = Date.now().toString(36);

/** A dataflow that AEP has not seen yet: six resources in the newer generation, nine in the older one. */
export function newDefinition(generation: Generation): Definition {
  const name = `bench-${generation}-${run}-${++count}`;
  return generation === 'newer' ? newer(name) : older(name);
}

function newer(name: string): Definition {
  const orders = example('orders-from-bigquery');
  return parsed({
    ...orders,
    name,
    schema: { ...orders['schema'], title: name },
    dataset: { name },
  });
}

function older(name: string): Definition {
  const protocols = example('tutorial-protocols');
  const adHocSchema = { title: `${name} ad hoc`, class: { title: `${name} ad hoc class` } };
  return parsed({
    ...protocols,
    name,
    source: { ...protocols['source'], name, adHocSchema },
    schema: { ...protocols['schema'], title: name },
    dataset: { name },
    target: { name, datasetBaseConnection: { name } },
  });
}

function parsed(input: unknown): Definition {
  return parseDefinition(input).definition;
}

function example(file: string): Record<string, object> {
  const text = readFileSync(new URL(`../../examples/${file}.json`, import.meta.url), 'utf8');
  return JSON.parse(text) as Record<string, object>;
}
