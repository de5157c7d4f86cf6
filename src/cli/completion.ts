import type { Argument, Command, Option } from 'commander';
import { dataflowName } from './name.ts';

/** What a shell is to do with the words it gets: the numbers of cobra's protocol, which the Temporal CLI speaks. */
const directives = { default: 0, noSpace: 2, noFiles: 4, extensions: 8, folders: 16 } as const;

/** What may stand where the cursor is. */
interface Completion {
  words: { word: string; about?: string }[];
  /** A sum of `directives`. */
  directive: number;
}

/** What only the server knows. */
export interface Known {
  /** Dataflows whose name, `<sandbox>/<name>`, begins so. */
  dataflows(prefix: string): Promise<string[]>;
}

const none: Completion = { words: [], directive: directives.noFiles };

/**
 * Completes the last of these words: commands, options, what options may be, and names of dataflows.
 * @param words what stands behind `temporal aep`
 */
export async function complete(
  program: Command,
  words: readonly string[],
  known: Known,
): Promise<Completion> {
  const before = words.slice(0, -1);
  const current = words.at(-1) ?? '';
  const { command, option, positions } = placeOf(program, before);
  const moved = movedOption(program, before);
  const found = moved
    ? valuesOf(moved.option, moved.value)
    : option
      ? await valueOf(option, current, known)
      : /^--[^=]+=/.test(current)
        ? withOption(command, current)
        : current.startsWith('-')
          ? optionsOf(command)
          : await positional(command, positions, current, known);
  // What a shell gets with this one is no list of words, but of the endings of files.
  if (found.directive === directives.extensions) return found;
  const prefix = moved ? moved.value : current;
  return { ...found, words: found.words.filter(({ word }) => word.startsWith(prefix)) };
}

/** The lines of cobra's protocol. */
export function completionLines({ words, directive }: Completion, withAbout: boolean): string[] {
  const line = ({ word, about }: { word: string; about?: string }) =>
    withAbout && about ? `${word}\t${about.replace(/\s+/g, ' ')}` : word;
  return [...words.map(line), `:${directive}`];
}

/** What cobra says of it on standard error. */
export function directiveName(directive: number): string {
  const names: [number, string][] = [
    [directives.noSpace, 'NoSpace'],
    [directives.noFiles, 'NoFileComp'],
    [directives.extensions, 'FilterFileExt'],
    [directives.folders, 'FilterDirs'],
  ];
  const said = names.filter(([bit]) => (directive & bit) !== 0).map(([, name]) => name);
  return (said.length > 0 ? said : ['Default']).map((name) => `ShellCompDirective${name}`).join(', ');
}

/** Which command it is, which option waits for its value, and how many arguments there are. */
function placeOf(program: Command, before: readonly string[]) {
  let command = program;
  let option: Option | undefined;
  let positions = 0;
  for (const word of before) {
    if (word.startsWith('-')) {
      const isOpen = !word.includes('=');
      const named = optionNamed(command, word);
      option = isOpen && named && takesValue(named) ? named : undefined;
    } else if (option) {
      // Of those that take many, every word is one until the next option.
      if (!option.variadic) option = undefined;
    } else {
      const named = command.commands.find((one) => one.name() === word);
      // `help` is no command of its own to commander: what follows it is one.
      if (named) command = named;
      else if (word !== 'help') positions += 1;
    }
  }
  return { command, option, positions };
}

/**
 * The Temporal CLI moves the options that it knows to the front, also the one that is being completed: of `status -o j`
 * we are told `-o j status`. That it is this one shows by its value, which is none.
 */
function movedOption(
  program: Command,
  before: readonly string[],
): { option: Option; value: string } | undefined {
  for (const [at, word] of before.entries()) {
    const option = word.startsWith('-') ? optionNamed(program, word) : undefined;
    const value = before[at + 1];
    if (!option || value === undefined || !takesValue(option)) continue;
    if (value === '' || (option.argChoices && !option.argChoices.includes(value))) return { option, value };
  }
  return undefined;
}

function optionNamed(command: Command, word: string): Option | undefined {
  const flag = word.split('=')[0]!;
  const all = [command, ...ancestorsOf(command)].flatMap(({ options }) => options);
  return all.find(({ short, long }) => short === flag || long === flag);
}

function ancestorsOf({ parent }: Command): Command[] {
  return parent ? [parent, ...ancestorsOf(parent)] : [];
}

function takesValue({ required, optional }: Option): boolean {
  return required || optional;
}

function valuesOf(option: Option, value: string): Completion {
  if (option.argChoices)
    return { words: option.argChoices.map((word) => ({ word })), directive: directives.noFiles };
  // Before a moved option the shell completes a word of its own.
  return option.flags.endsWith('<file>') || value !== ''
    ? { words: [], directive: directives.default }
    : none;
}

async function valueOf(option: Option, current: string, known: Known): Promise<Completion> {
  return option.long === '--sandbox' ? sandboxes(current, known, '') : valuesOf(option, current);
}

function withOption(command: Command, current: string): Completion {
  const option = optionNamed(command, current);
  if (!option) return none;
  const { words, directive } = valuesOf(option, '');
  return { words: words.map(({ word }) => ({ word: `${option.long}=${word}` })), directive };
}

function optionsOf(command: Command): Completion {
  const help = command.createHelp();
  const inherited = ancestorsOf(command).flatMap((one) => help.visibleOptions(one));
  const all = [...help.visibleOptions(command), ...inherited.filter(({ long }) => long !== '--help')];
  return {
    words: all.map(({ long, short, description }) => ({ word: long ?? short ?? '', about: description })),
    directive: directives.noFiles,
  };
}

async function positional(
  command: Command,
  positions: number,
  current: string,
  known: Known,
): Promise<Completion> {
  if (command.commands.length > 0) return positions > 0 ? none : commandsOf(command);
  const { registeredArguments: all } = command;
  const last = all.at(-1);
  const argument = all[positions] ?? (last?.variadic ? last : undefined);
  return argument ? argumentOf(argument, current, known) : none;
}

function commandsOf(command: Command): Completion {
  const words = command
    .createHelp()
    .visibleCommands(command)
    .map((one) => ({ word: one.name(), about: one.summary() || one.description() }));
  return { words, directive: directives.noFiles };
}

/** By how an argument is read, else by the name that it has in our usage lines. */
async function argumentOf(argument: Argument, current: string, known: Known): Promise<Completion> {
  if (argument.parseArg === dataflowName) {
    const names = await known.dataflows(current);
    return { words: names.map((word) => ({ word })), directive: directives.noFiles };
  }
  const name = argument.name();
  if (name.startsWith('sandbox/')) return sandboxes(current, known, '/');
  switch (name) {
    case 'file':
      return { words: ['json', 'yaml', 'yml'].map((word) => ({ word })), directive: directives.extensions };
    case 'folder':
      return { words: [], directive: directives.folders };
    case 'sandbox':
      return sandboxes(current, known, '');
    default:
      return none;
  }
}

/** Those that dataflows are in. */
async function sandboxes(current: string, known: Known, after: '' | '/'): Promise<Completion> {
  const names = await known.dataflows(current);
  const all = new Set(names.map((name) => `${name.slice(0, name.indexOf('/'))}${after}`));
  return {
    words: [...all].map((word) => ({ word })),
    directive: directives.noFiles + (after === '' ? 0 : directives.noSpace),
  };
}
