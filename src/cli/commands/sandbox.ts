import { InvalidArgumentError, Option, type Command } from 'commander';
import type { AepDataflows, ApplyHandle } from '../../client.ts';
import { hasEnvironments } from '../../definition/environments.ts';
import { isObject } from '../../definition/plain-json.ts';
import { titleOf } from '../../resources/index.ts';
import { shellWord } from '../../shell-word.ts';
import { filesOf, readFolder, type FileOfFolder } from '../definition-files.ts';
import { exitCodeOfAll, exitCodes, type ExitCode } from '../exit-codes.ts';
import { plansAsMarkdown, whatIn } from '../markdown.ts';
import { print, printMany, table, write } from '../output.ts';
import { follow } from '../progress.ts';
import type { Run } from '../program.ts';

/** What is done to many dataflows at once. */
export function addSandboxCommands(program: Command, run: Run): void {
  program
    .command('apply')
    .description(
      'Make AEP have what all definitions of a folder ask for: one plan for all, then as many at once as AEP lets.',
    )
    .argument('<folder>', 'definitions in JSON or YAML')
    .option('--environment <name>', 'the environment, for the files that name some')
    .option('--plan', 'only plan: say what is different, and change nothing')
    .addOption(
      new Option('--markdown', 'the same in Markdown, as a comment on a pull request').implies({
        plan: true,
      }),
    )
    .addOption(
      new Option('--replace-flow <choice>', 'what a flow loads that takes the place of an old one')
        .choices(['from-now', 'backfill'])
        .conflicts('plan'),
    )
    .addOption(
      new Option('--concurrency <n>', 'how many at the same time, at most 50')
        .argParser(concurrencyOf)
        .conflicts('plan'),
    )
    .action(
      async (
        folder: string,
        {
          plan,
          markdown,
          environment,
          ...how
        }: {
          plan?: true;
          markdown?: true;
          environment?: string;
          replaceFlow?: 'from-now' | 'backfill';
          concurrency?: number;
        },
      ) => {
        const files = await run.read(() => inEnvironment(folder, environment));
        const definitions = files.map(({ definition }) => definition);
        await run.connected(async (client, format) => {
          if (plan) {
            const planned = await client.planMany({ definitions });
            const { dataflows, totals } = planned;
            if (markdown) write(await plansAsMarkdown(planned));
            else printMany(format, 'dataflows', dataflows, () => tellPlanned(dataflows, files));
            return codeOf(dataflows, totals.different);
          }
          const handle = await client.apply({ definitions, ...how });
          const { dataflows } = await follow(
            () => linesOf(handle),
            handle.result(),
            `temporal workflow result --output json --workflow-id ${shellWord(handle.workflowId)}`,
          );
          printMany(format, 'dataflows', dataflows, () =>
            table(
              ['dataflow', 'file', 'outcome', 'flow', 'why'],
              dataflows.map((one) => [
                `${one.sandbox}/${one.name}`,
                filesOf(one, files).join(', '),
                one.outcome,
                one.flowId ?? '',
                whyNot(one.error),
              ]),
            ),
          );
          return codeOf(dataflows, 0);
        });
      },
    );

  program
    .command('orphans')
    .description('Find what carries our mark in a sandbox and belongs to no flow.')
    .argument('<sandbox>', 'the sandbox')
    .option('--delete <id...>', 'delete these of them')
    .action(async (sandbox: string, how: { delete?: string[] }) => {
      await run.connected(async (client, format) => {
        const result = await client.listOrphans({ sandbox, ...how });
        print(format, result, () => tellOrphans(result));
        return result.notDeleted.length > 0 ? exitCodes.conflict : exitCodes.done;
      });
    });
}

function concurrencyOf(written: string): number {
  if (!/^([1-9]|[1-4]\d|50)$/.test(written)) throw new InvalidArgumentError('It is 1 to 50.');
  return Number(written);
}

async function inEnvironment(folder: string, environment: string | undefined): Promise<FileOfFolder[]> {
  const read = await readFolder(folder);
  if (environment === undefined) return read;
  return read.map(({ file, definition }) => ({
    file,
    definition:
      isObject(definition) && hasEnvironments(definition) ? { ...definition, environment } : definition,
  }));
}

async function linesOf(handle: ApplyHandle): Promise<string[]> {
  const { totals, running, waiting } = await handle.progress();
  const { created, updated, unchanged, failed } = totals;
  return [
    `${created} created, ${updated} updated, ${unchanged} unchanged, ${failed} failed; ${running.length} under way, ${waiting} waiting`,
  ];
}

function codeOf(dataflows: readonly { error?: { type: string } }[], different: number): ExitCode {
  const failed = dataflows.flatMap(({ error }) => (error ? [error.type] : []));
  if (failed.length > 0) return exitCodeOfAll(failed);
  return different > 0 ? exitCodes.different : exitCodes.done;
}

type Planned = Awaited<ReturnType<AepDataflows['planMany']>>['dataflows'];

/** A digest is for programs, and would leave no room on a terminal to say why. */
function tellPlanned(dataflows: Planned, files: readonly FileOfFolder[]): string {
  return table(
    ['dataflow', 'file', 'what', 'why'],
    dataflows.map((one) => [
      `${one.sandbox}/${one.name}`,
      filesOf(one, files).join(', '),
      whatIn(one.counts),
      whyNot(one.error),
    ]),
  );
}

/** What failed, with its problems: the message has them too, but cut. */
function whyNot(error: Planned[number]['error']): string {
  if (!error) return '';
  const { type, message, problems = [] } = error;
  const all = problems.map((one) => `${one.field}: ${one.message}`).join('; ');
  return `${type}: ${all === '' ? message : `${message.split('\n')[0]} ${all}`}`;
}

type Orphans = Awaited<ReturnType<AepDataflows['listOrphans']>>;

function tellOrphans({ orphans, deleted, notDeleted, atWork }: Orphans): string {
  return [
    orphans.length === 0
      ? 'No orphan.'
      : table(
          ['kind', 'id', 'dataflow', 'next'],
          orphans.map(({ kind, id, dataflow, next }) => [titleOf(kind), id, dataflow ?? '', next]),
        ),
    ...deleted.map((id) => `deleted ${id}`),
    ...notDeleted.map(({ id, why }) => `not deleted ${id}: ${why}`),
    ...atWork.map((dataflow) => `left out, since it is at work: ${dataflow}`),
  ].join('\n');
}
