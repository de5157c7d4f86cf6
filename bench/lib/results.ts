import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';

const folder = new URL('../results/', import.meta.url);

/** Keeps what was measured, such as `create.json`, and the pictures that are drawn from it. */
export function keep(file: string, content: string): void {
  mkdirSync(folder, { recursive: true });
  writeFileSync(new URL(file, folder), content);
}

export function keepJson(name: string, result: object): void {
  keep(`${name}.json`, `${JSON.stringify(result, undefined, 2)}\n`);
}

/** What was measured last. */
export function lastResult(name: string): unknown {
  const file = new URL(`${name}.json`, folder);
  return existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as unknown) : undefined;
}
