import { execFile } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, dirname, join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { expect, it, onTestFinished } from 'vitest';
import { parseDefinition } from '../src/definition/parse.ts';
import { referenceFolder, referencePages } from '../dev/reference.ts';
import { failures } from '../src/failure-types.ts';
import * as workflows from '../src/workflows/index.ts';
import { searchAttributes, taskQueue } from '../src/workflows/messages.ts';

const run = promisify(execFile);
const documents = readdirSync('docs', { recursive: true, encoding: 'utf8' })
  .filter((file) => file.endsWith('.md'))
  .map((file) => `docs/${file}`);
const pages = ['README.md', 'CONTRIBUTING.md', 'examples/README.md', ...documents];
const readme = text('README.md');

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

/** What GitHub makes of the titles of a page, for links to them. */
function anchors(page: string): string[] {
  const titles = [...page.replaceAll(/^```.*?^```$/gms, '').matchAll(/^#+ (.*)$/gm)].map((one) => one[1]!);
  return titles.map((title) =>
    title
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N}_ -]/gu, '')
      .replaceAll(' ', '-'),
  );
}

it.each(pages)('every file and every title that %s links to is there', (page) => {
  const links = [...text(page).matchAll(/\]\(([^)#:\s]*)(?:#([^)]*))?\)/g)];
  const broken = links.filter(([, file, anchor]) => {
    const to = file ? resolve(dirname(page), file) : page;
    if (!existsSync(to)) return true;
    return anchor !== undefined && !anchors(text(to)).includes(anchor);
  });
  expect(broken.map(([link]) => link)).toEqual([]);
});

it('the index of the documents names every one of them, and the README fits on two screens', () => {
  const index = text('docs/README.md');
  const others = documents.map((file) => file.slice('docs/'.length)).filter((file) => file !== 'README.md');
  expect(others.filter((file) => !index.includes(`](${file}`))).toEqual([]);
  expect(readme.split('\n').length).toBeLessThanOrEqual(131);
});

it('the reference is as the sources have it: npm run schema writes it', () => {
  const there = readdirSync(referenceFolder).map((file) => [
    file,
    readFileSync(new URL(file, referenceFolder), 'utf8'),
  ]);
  expect(Object.fromEntries(there)).toEqual(referencePages());
});

it('every update, query, input and field of the reference says what it is', () => {
  const rows = Object.values(referencePages()).flatMap((page) => [...page.matchAll(/^\| (`.*) \|$/gm)]);
  expect(rows.length).toBeGreaterThan(100);
  expect(rows.filter(([, row]) => row!.endsWith('|  ')).map(([row]) => row)).toEqual([]);
});

it.each(['README.md', 'docs/tables.md', 'docs/files.md'])(
  'the whole definition of %s is a right one',
  (page) => {
    const [definition] = blocks(text(page), 'json');
    expect(parseDefinition(JSON.parse(definition!)).warnings).toEqual([]);
  },
);

it('the documents name every environment variable, npm script, dependency and search attribute', () => {
  const read = [
    'src/settings/config.ts',
    'src/settings/webhook-config.ts',
    'src/settings/channel-config.ts',
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
  const inUse = variables
    .map(([name]) => name)
    .filter((name) => !/^AEP_(WEBHOOK|SLACK|TEAMS|EMAIL)/.test(name));
  const known = named(text('docs/reference/environment.md'));
  expect([...new Set(inUse)].filter((name) => !known.has(name))).toEqual([]);
  const ours = [...known].filter((name) => /^AEP_[A-Z_]+$/.test(name));
  expect(ours.filter((name) => !inUse.includes(name))).toEqual([]);

  const explained = named(text('CONTRIBUTING.md'));
  const packages = Object.keys({ ...scripts, ...dependencies, ...devDependencies });
  expect(packages.filter((name) => !explained.has(name))).toEqual([]);
  for (const { name } of Object.values(searchAttributes))
    expect(text('docs/deploying.md')).toContain(`--name ${name} --type Keyword`);
});

it("the TypeScript of the pages fits the client's types", async () => {
  const pages = [
    'docs/typescript.md',
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
  for (const type of Object.keys(failures)) expect(script).toContain(`"${type}":`);
});
