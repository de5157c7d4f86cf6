import { execFile } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, dirname, join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { expect, it, onTestFinished } from 'vitest';
import { parseDefinition } from '../src/definition/parse.ts';
import { definitionSchema } from '../src/definition/definition.ts';
import * as workflows from '../src/workflows/index.ts';
import { searchAttributes, taskQueue } from '../src/workflows/messages.ts';

const run = promisify(execFile);
const pages = ['README.md', 'CONTRIBUTING.md', 'examples/README.md', ...docs()];
const readme = text('README.md');

function docs(): string[] {
  return readdirSync('docs')
    .filter((file) => file.endsWith('.md'))
    .map((file) => `docs/${file}`);
}

function text(file: string): string {
  return readFileSync(file, 'utf8');
}

/** The fenced blocks of one language. */
function blocks(page: string, language: string): string[] {
  return [...page.matchAll(/^```(\w+)\n(.*?)^```$/gms)]
    .filter(([, of]) => of === language)
    .map((one) => one[2]!);
}

/** What the first column of the tables names, between backticks. */
function named(page: string): Set<string> {
  const cells = [...page.matchAll(/^\| *(`[^|]*`[^|]*?) *\|/gm)].map((one) => one[1]!);
  return new Set(cells.flatMap((cell) => [...cell.matchAll(/`([^`]+)`/g)].map((one) => one[1]!)));
}

it.each(pages)('every file that %s links to is there', (page) => {
  const links = [...text(page).matchAll(/\]\(([^)#:]+)(?:#[^)]*)?\)/g)].map((one) => one[1]!);
  expect(links.filter((link) => !existsSync(resolve(dirname(page), link)))).toEqual([]);
});

it('the README explains every part of a definition, and its definition is a right one', () => {
  const known = named(readme);
  const explained = (field: string) => [...known].some((one) => one === field || one.startsWith(`${field}.`));
  expect(Object.keys(definitionSchema().shape).filter((field) => !explained(field))).toEqual([]);
  const source = Object.keys(definitionSchema().shape.source.shape).map((field) => `source.${field}`);
  expect(source.filter((field) => !explained(field) && !/\.(name|description)$/.test(field))).toEqual([]);

  const [definition] = blocks(readme, 'json');
  expect(parseDefinition(JSON.parse(definition!)).warnings).toEqual([]);
});

it.each(['docs/tables.md', 'docs/files.md'])('the whole definition of %s is a right one', (page) => {
  const [definition] = blocks(text(page), 'json');
  expect(parseDefinition(JSON.parse(definition!)).warnings).toEqual([]);
});

it('the README names every environment variable, npm script, dependency and search attribute', () => {
  const read = [
    'src/config.ts',
    'src/webhook-config.ts',
    'dev/binaries.ts',
    'dev/find-binary.ts',
    'dev/paint.ts',
  ];
  const variables = read.flatMap((file) => [
    ...text(file).matchAll(/\b(?:(?:AEP|TEMPORAL)_[A-Z][A-Z_]*[A-Z]|NO_COLOR)\b/g),
  ]);
  const { scripts, dependencies, devDependencies } = JSON.parse(text('package.json')) as Record<
    string,
    Record<string, string>
  >;
  const inUse = [
    ...variables.map(([name]) => name).filter((name) => !name.startsWith('AEP_WEBHOOK')),
    ...Object.keys({ ...scripts, ...dependencies, ...devDependencies }),
  ];
  const known = named(readme);
  expect([...new Set(inUse)].filter((name) => !known.has(name))).toEqual([]);
  const ours = [...known].filter((name) => /^AEP_[A-Z_]+$/.test(name));
  expect(ours.filter((name) => !inUse.includes(name))).toEqual([]);
  for (const { name } of Object.values(searchAttributes))
    expect(readme).toContain(`--name ${name} --type Keyword`);
});

it("the TypeScript of the pages fits the client's types", async () => {
  const pages = [
    'README.md',
    'docs/changing.md',
    'docs/approving.md',
    'docs/folders.md',
    'docs/importing.md',
    'docs/exploring.md',
    'docs/promoting.md',
    'docs/connections.md',
  ];
  const folder = await mkdtemp(join(tmpdir(), 'aep-dataflows-docs-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  await writeFile(join(folder, 'package.json'), '{"type": "module"}');
  const settings = {
    extends: resolve('tsconfig.json'),
    compilerOptions: {
      paths: { 'aep-dataflows/client': [resolve('src/client.ts')] },
      typeRoots: [resolve('node_modules/@types')],
    },
    include: ['*.ts'],
  };
  await writeFile(join(folder, 'tsconfig.json'), JSON.stringify(settings));
  for (const page of pages) {
    const [example] = blocks(text(page), 'ts');
    // Were the client's types not found, this line would be no error, and that would be one.
    const witness = '// @ts-expect-error there is no such method\nawait dataflows.notThere();';
    await writeFile(join(folder, `${basename(page, '.md')}.ts`), `${example}\n${witness}`);
  }
  const compiler = resolve('node_modules/typescript/bin/tsc');
  const compiled = run(process.execPath, [compiler, '--project', folder]);
  expect(await compiled.catch(({ stdout }: { stdout: string }) => ({ stdout }))).toMatchObject({
    stdout: '',
  });
});

it('documents and the Python client use the names that the workflows have', () => {
  const types = Object.keys(workflows);
  for (const page of pages) {
    const all = text(page);
    const started = [...all.matchAll(/--type ([a-z]\w+)/g)].map((one) => one[1]!);
    expect(started.filter((type) => ![...types, 'progress', 'health', 'plan'].includes(type))).toEqual([]);
    const queues = [...all.matchAll(/--task-queue (\S+)/g)].map((one) => one[1]);
    expect(queues.filter((queue) => queue !== taskQueue)).toEqual([]);
  }
  const script = text('examples/clients/python/create_dataflow.py');
  expect(script).toContain('"createDataflow"');
  expect(script).toContain(`task_queue="${taskQueue}"`);
  expect(script).toContain('query("progress")');
  const failures = [...text('src/failure-types.ts').matchAll(/^ {2}'(\w+)',$/gm)].map((one) => one[1]!);
  expect(failures.length).toBeGreaterThan(5);
  for (const type of failures) {
    expect(script).toContain(`"${type}":`);
    expect(readme).toContain(`| \`${type}\``);
  }
});
