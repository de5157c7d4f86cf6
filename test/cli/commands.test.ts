import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { parse } from 'yaml';
import { exitCodeOfAll } from '../../src/cli/exit-codes.ts';
import { createProgram } from '../../src/cli/program.ts';
import { exitCodeOfFlows, exitCodeOfStatus } from '../../src/cli/commands/flow.ts';
import type { Health } from '../../src/client.ts';
import { nextCommand } from '../../src/client/status-texts.ts';

const page = readFileSync('docs/cli.md', 'utf8');
const workflow = readFileSync('examples/github-actions/dataflows.yml', 'utf8');

it('the page on the command line has every command in its table', () => {
  const rows = [...page.matchAll(/^\| (`[^|]*`) +\|/gm)].flatMap(([, cell]) => [
    ...cell!.matchAll(/`([a-z-]+)/g),
  ]);
  const named = new Set(rows.map(([, name]) => name));
  const all = createProgram().commands.map((command) => command.name());
  expect(all.filter((name) => !named.has(name))).toEqual([]);
});

it('many that failed have one exit status where their reason is one, and else that of an error', () => {
  expect(exitCodeOfAll([])).toBe(0);
  expect(exitCodeOfAll(['Conflict', 'Conflict'])).toBe(4);
  expect(exitCodeOfAll(['ChoiceNeeded', 'StalePlan'])).toBe(5);
  expect(exitCodeOfAll(['ChoiceNeeded', 'Conflict'])).toBe(1);
  expect(exitCodeOfAll(['Terminated', 'toString'])).toBe(1);
});

it('all flows have the exit status that the worst of them has', () => {
  expect(exitCodeOfFlows([])).toBe(0);
  const [good, drifted, failed] = [
    { verdict: 'ok', drift: false },
    { verdict: 'pending', drift: true },
    { verdict: 'failed', drift: false },
  ];
  expect(exitCodeOfFlows([good])).toBe(0);
  expect(exitCodeOfFlows([good, drifted])).toBe(6);
  expect(exitCodeOfFlows([drifted, failed])).toBe(7);
  const since = '2026-03-01T11:00:00.000Z';
  const made = { drift: false, doing: { doing: 'createDataflow', since } };
  const waits = { ...good, doing: { doing: 'updateDataflow', waitsFor: 'person' as const, since } };
  const unwatched = { drift: false, unwatched: { status: 'TERMINATED', at: since } };
  expect(exitCodeOfFlows([made])).toBe(0);
  expect(exitCodeOfFlows([drifted, unwatched])).toBe(4);
  expect(exitCodeOfFlows([unwatched, waits])).toBe(5);
  expect(exitCodeOfFlows([waits, failed])).toBe(7);
});

it('one dataflow has the exit status that a list of it alone has', () => {
  const dataflow = 'prod/orders';
  const at = '2026-03-01T11:00:00.000Z';
  const unwatched = { status: 'TERMINATED', at };
  const doing = 'updateDataflow';
  const health = (verdict: string, drift?: object) => ({ verdict, ...(drift ? { drift } : {}) }) as Health;
  expect(exitCodeOfStatus({ dataflow })).toBe(4);
  expect(exitCodeOfStatus({ dataflow, doing: 'createDataflow' })).toBe(0);
  expect(exitCodeOfStatus({ dataflow, unwatched })).toBe(4);
  expect(exitCodeOfStatus({ dataflow, unwatched, doing })).toBe(4);
  expect(exitCodeOfStatus({ dataflow, unwatched, doing, waitsFor: 'person' })).toBe(5);
  expect(exitCodeOfStatus({ dataflow, health: health('ok') })).toBe(0);
  expect(exitCodeOfStatus({ dataflow, health: health('ok', { changes: [] }) })).toBe(6);
  expect(exitCodeOfStatus({ dataflow, health: health('failed'), doing, waitsFor: 'person' })).toBe(7);
});

it('a dataflow that something is done to is told with a next command only where it waits for somebody or is not watched', () => {
  const since = '2026-03-01T11:00:00.000Z';
  const one = { dataflow: 'prod/orders', drift: false };
  const doing = { doing: 'updateDataflow', since };
  const unwatched = { status: 'TERMINATED', at: since };
  expect(nextCommand({ ...one, doing })).toBeUndefined();
  expect(nextCommand({ ...one, doing: { ...doing, waitsFor: 'aep' } })).toBe(
    'temporal aep status prod/orders',
  );
  expect(nextCommand({ ...one, doing, unwatched })).toBe('temporal aep status prod/orders');
  expect(nextCommand({ ...one, unwatched })).toBe('temporal aep update FILE');
});

it.each([
  [['apply', 'x', '--plan', '--concurrency', '3'], 'commander.conflictingOption'],
  [['apply', 'x', '--markdown', '--replace-flow', 'from-now'], 'commander.conflictingOption'],
  [['apply', 'x', '--concurrency', 'many'], 'commander.invalidArgument'],
  [['apply', 'x', '--concurrency', '51'], 'commander.invalidArgument'],
  [['doctor', '--try', 'dev', '--sandbox', 'prod'], 'commander.conflictingOption'],
  [['doctor', '--connection', 'x'], 'commander.error'],
  [['doctor', '--path', 'x', '--sandbox', 'prod'], 'commander.error'],
  [['status', '--color', 'sometimes'], 'commander.invalidArgument'],
  [['doctor', '--try', 'dev', '--runs'], 'commander.error'],
  [['doctor', '--try', 'dev', '--path', 'orders'], 'commander.error'],
  // Every worker has the same one.
  [['status', '--task-queue', 'x'], 'commander.unknownOption'],
])('%j is wrong usage: no option is left aside', async (words, code) => {
  const program = createProgram();
  for (const one of [program, ...program.commands]) one.configureOutput({ writeErr: () => {} });
  await expect(program.parseAsync(words, { from: 'user' })).rejects.toMatchObject({ code, exitCode: 1 });
});

it('the example for GitHub Actions runs commands that there are, with options that they take', () => {
  const { jobs } = parse(workflow) as { jobs: Record<string, { steps: { run?: string }[] }> };
  const runs = Object.values(jobs).flatMap(({ steps }) => steps.map(({ run = '' }) => run));
  const lines = [...runs.join('\n').matchAll(/\btemporal-aep ([a-z].*)$/gm)].map(([, line]) =>
    line!.replace(/ +(?:>|\|\|).*$/, '').split(/\s+/),
  );
  expect(lines.length).toBe(2);
  for (const [name, ...words] of lines) {
    const command = createProgram().commands.find((one) => one.name() === name);
    expect(command, name).toBeDefined();
    const { unknown } = command!.parseOptions(words);
    expect(createProgram().parseOptions(unknown).unknown).toEqual([]);
  }
});
