import { readdirSync, readFileSync } from 'node:fs';
import type { Command } from 'commander';
import { expect, inject, it } from 'vitest';
import { createProgram } from '../src/cli/program.ts';
import { printedBy } from './support/printed.ts';

const documents = readdirSync('docs', { recursive: true, encoding: 'utf8' }).filter((file) =>
  file.endsWith('.md'),
);
const pages = [
  'README.md',
  'CONTRIBUTING.md',
  'examples/README.md',
  ...documents.map((file) => `docs/${file}`),
];

/** The lines that a page gives to a shell, continued ones as one. */
function shellLines(page: string): string[] {
  const blocks = [...readFileSync(page, 'utf8').matchAll(/^ *```sh\n(.*?)^ *```$/gms)].map((one) => one[1]!);
  return blocks.flatMap((block) => block.replaceAll(/\\\n\s*/g, '').split('\n')).map((line) => line.trim());
}

const lines = pages.flatMap((page) => shellLines(page).map((line) => ({ page, line })));

/** What stands in a line after the words `call`, up to where the shell goes on with something else; what is quoted is `x`. */
function callsOf(line: string, call: RegExp): string[] {
  const bare = line
    .replaceAll(/'[^']*'/g, 'x')
    .replaceAll(/"(?:\\.|[^"\\])*"/g, 'x')
    .replace(/(?:^|\s)#.*$/, '');
  const calls = bare.matchAll(new RegExp(String.raw`(?:^|[^\w-])(${call.source}(?: [^|><;&)#]*)?)`, 'g'));
  return [...calls].map((one) => one[1]!.trim());
}

/** The command that the words name, and the words that are left. */
function commandOf(program: Command, words: readonly string[]): [Command | undefined, readonly string[]] {
  const [name, ...rest] = words;
  const command = program.commands.find((one) => one.name() === name);
  return command && command.commands.length > 0 ? commandOf(command, rest) : [command, rest];
}

it('every line for temporal aep is one that it takes', () => {
  const program = createProgram();
  const given = lines.flatMap(({ page, line }) =>
    callsOf(line, /temporal[ -]aep/).map((call) => ({
      page,
      words: call.split(/\s+/).slice(call.startsWith('temporal-aep') ? 1 : 2),
    })),
  );
  expect(given.length).toBeGreaterThan(10);
  const wrong = given.filter(({ words }) => {
    const [command, rest] = commandOf(program, words);
    if (!command) return true;
    const { operands, unknown } = command.parseOptions([...rest]);
    const ofProgram = program.parseOptions(unknown).unknown;
    const needed = command.registeredArguments.filter(({ required }) => required).length;
    const { length, [length - 1]: last } = command.registeredArguments;
    const room = last?.variadic ? Infinity : length;
    return ofProgram.length > 0 || operands.length < needed || operands.length > room;
  });
  expect(wrong).toEqual([]);
});

it('every line for the Temporal CLI has options that its command has', async () => {
  const given = lines.flatMap(({ page, line }) =>
    callsOf(line, /temporal (?:workflow|schedule|operator|worker|task-queue|activity)(?: [a-z][a-z-]*)+/).map(
      (call) => ({ page, call }),
    ),
  );
  const nameOf = (call: string) => /^temporal((?: [a-z][a-z-]*)+)/.exec(call)![1]!.trim();
  const told = async (...words: string[]) =>
    (await printedBy(inject('temporalCli'), words, { env: process.env })).stdout;
  const ofAll = await told('options');
  const names = [...new Set(given.map(({ call }) => nameOf(call)))];
  const helps = new Map(
    await Promise.all(names.map(async (name) => [name, await told(...name.split(' '), '--help')] as const)),
  );
  expect(helps.size).toBeGreaterThan(10);
  const wrong = given.filter(({ call }) => {
    const help = `${helps.get(nameOf(call))}${ofAll}`;
    const flags = [...call.matchAll(/ (--[a-z][a-z-]*)/g)].map((one) => one[1]!);
    return flags.some((flag) => !new RegExp(String.raw`${flag}\b`).test(help));
  });
  expect(wrong).toEqual([]);
});

it('every answer of the Temporal CLI that a person reads is asked for as JSON', () => {
  const answers = lines.flatMap(({ page, line }) =>
    callsOf(line, /temporal workflow (?:execute|query|result|update execute)/).map((call) => ({
      page,
      call,
    })),
  );
  expect(answers.filter(({ call }) => !/ (?:--output|-o) json/.test(call))).toEqual([]);
});

it('every npm script that a page names is there', () => {
  const { scripts } = JSON.parse(readFileSync('package.json', 'utf8')) as { scripts: object };
  const named = pages.flatMap((page) =>
    [...readFileSync(page, 'utf8').matchAll(/npm run (?:--silent )?([\w-]+)/g)].map(([, script]) => ({
      page,
      script: script!,
    })),
  );
  expect(named.filter(({ script }) => !(script in scripts))).toEqual([]);
});
