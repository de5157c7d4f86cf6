import { describe, expect, it } from 'vitest';
import { complete, completionLines, directiveName } from '../../src/cli/completion.ts';
import { createProgram } from '../../src/cli/program.ts';

const names = ['dev/orders', 'prod/members', 'prod/orders'];
const known = { dataflows: async (prefix: string) => names.filter((name) => name.startsWith(prefix)) };

/** What a shell is told of the last of these words: the words, and the directive. */
async function told(...words: string[]): Promise<string[]> {
  return completionLines(await complete(createProgram(), words, known), false);
}

describe('a shell is told', () => {
  it.each<[string, string[], string[]]>([
    ['commands', ['re'], ['reject', 'retry', 'resume', ':4']],
    ['commands behind options', ['-o', 'json', '--env=here', 'stat'], ['status', ':4']],
    ['commands that there is help for', ['help', 'st'], ['status', ':4']],
    ['nothing behind a command that there is none of', ['crate', 'x'], [':4']],
    ['the names of dataflows', ['delete', 'prod/'], ['prod/members', 'prod/orders', ':4']],
    ['none where the name is there', ['delete', 'prod/orders', ''], [':4']],
    ['none where an option has taken a word', ['update', '--digest', 'x', ''], ['json', 'yaml', 'yml', ':8']],
    ['sandboxes', ['orphans', ''], ['dev', 'prod', ':4']],
    ['sandboxes before the id of a flow', ['import', 'p'], ['prod/', ':6']],
    ['the commands of a command', ['connection', 's'], ['show', ':4']],
    ['sandboxes before what is no dataflow', ['connection', 'show', 'p'], ['prod/', ':6']],
    ['options of its parents', ['connection', 'show', '--addr'], ['--address', ':4']],
    ['sandboxes for an option', ['status', '--sandbox', 'p'], ['prod', ':4']],
    ['the endings of definitions', ['plan', ''], ['json', 'yaml', 'yml', ':8']],
    ['that a folder is meant', ['apply', 'defi'], [':16']],
    ['that a file is meant by an option', ['status', '--tls-ca-path', ''], [':0']],
    ['options', ['delete', 'prod/orders', '--al'], ['--also', ':4']],
    ["options of Temporal's", ['delete', '--addr'], ['--address', ':4']],
    ['what an option may be', ['status', '--verdict', 'o'], ['overdue', 'ok', ':4']],
    [
      'what an option may be, written as one word',
      ['update', '--replace-flow=b'],
      ['--replace-flow=backfill', ':4'],
    ],
    ['nothing where an option may be anything', ['status', '--namespace', ''], [':4']],
    [
      'what an option may be that the Temporal CLI has moved',
      ['-o', '', 'status'],
      ['text', 'json', 'jsonl', ':4'],
    ],
    ['the same where its value is begun', ['-o', 'js', 'status'], ['json', 'jsonl', ':4']],
  ])('%s', async (_, words, lines) => {
    expect(await told(...words)).toEqual(lines);
  });
});

it('words are told with what they are about, on one line each', async () => {
  const completion = await complete(createProgram(), ['vali'], known);
  expect(completionLines(completion, true)[0]).toMatch(/^validate\tSay everything/);
  expect([0, 4, 6, 8, 16].map(directiveName)).toEqual([
    'ShellCompDirectiveDefault',
    'ShellCompDirectiveNoFileComp',
    'ShellCompDirectiveNoSpace, ShellCompDirectiveNoFileComp',
    'ShellCompDirectiveFilterFileExt',
    'ShellCompDirectiveFilterDirs',
  ]);
});

it('every word that is told as an option is one', async () => {
  for (const command of createProgram().commands)
    for (const word of (await told(command.name(), '--')).slice(0, -1)) expect(word).toMatch(/^--[a-z-]+$/);
});
