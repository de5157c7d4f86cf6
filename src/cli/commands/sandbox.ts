import { Option, type Command } from 'commander';
import type { AepDataflows, ApplyHandle } from '../../client.ts';
import { readFolder } from '../definition-files.ts';
import { exitCodes, type ExitCode } from '../exit-codes.ts';
import { print, printMany, table } from '../output.ts';
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
      new Option('--replace-flow <choice>', 'what a flow loads that takes the place of an old one').choices([
        'from-now',
        'backfill',
      ]),
    )
    .option('--concurrency <n>', 'how many at the same time, at most 50', Number)
    .action(
      async (
        folder: string,
        {
          plan,
          environment,
          ...how
        }: { plan?: true; environment?: string; replaceFlow?: 'from-now' | 'backfill'; concurrency?: number },
      ) => {
        const definitions = await run.read(() => inEnvironment(folder, environment));
        await run.connected(async (client, format) => {
          if (plan) {
            const { dataflows, totals } = await client.planMany({ definitions });
            printMany(format, 'dataflows', dataflows, () => tellPlanned(dataflows));
            return codeOf(totals.failed, totals.different);
          }
          const handle = await client.apply({ definitions, ...how });
          const { dataflows, totals } = await follow(
            () => linesOf(handle),
            handle.result(),
            `temporal workflow result --output json --workflow-id '${handle.workflowId}'`,
          );
          printMany(format, 'dataflows', dataflows, () =>
            table(
              ['dataflow', 'outcome', 'flow', 'why'],
              dataflows.map(({ sandbox, name, outcome, flowId = '', error }) => [
                `${sandbox}/${name}`,
                outcome,
                flowId,
                error ? `${error.type}: ${error.message}` : '',
              ]),
            ),
          );
          return codeOf(totals.failed, 0);
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

async function inEnvironment(folder: string, environment: string | undefined): Promise<unknown[]> {
  const read = await readFolder(folder);
  if (environment === undefined) return read;
  const hasSome = (one: unknown) => typeof one === 'object' && one !== null && 'environments' in one;
  return read.map((one) => (hasSome(one) ? { ...(one as object), environment } : one));
}

async function linesOf(handle: ApplyHandle): Promise<string[]> {
  const { totals, running, waiting } = await handle.progress();
  const { created, updated, unchanged, failed } = totals;
  return [
    `${created} created, ${updated} updated, ${unchanged} unchanged, ${failed} failed; ${running.length} under way, ${waiting} waiting`,
  ];
}

function codeOf(failed: number, different: number): ExitCode {
  if (failed > 0) return exitCodes.invalid;
  return different > 0 ? exitCodes.different : exitCodes.done;
}

type Planned = Awaited<ReturnType<AepDataflows['planMany']>>['dataflows'];

function tellPlanned(dataflows: Planned): string {
  return table(
    ['dataflow', 'what', 'digest', 'why'],
    dataflows.map(({ sandbox, name, counts, digest = '', error }) => [
      `${sandbox}/${name}`,
      counts
        ? Object.entries(counts)
            .filter(([action, count]) => count > 0 && !['keep', 'given', 'adopt'].includes(action))
            .map(([action, count]) => `${count} ${action}`)
            .join(', ') || 'nothing to do'
        : 'no plan',
      digest,
      error ? `${error.type}: ${error.message}` : '',
    ]),
  );
}

type Orphans = Awaited<ReturnType<AepDataflows['listOrphans']>>;

function tellOrphans({ orphans, deleted, notDeleted, atWork }: Orphans): string {
  return [
    orphans.length === 0
      ? 'No orphan.'
      : table(
          ['kind', 'id', 'dataflow', 'next'],
          orphans.map(({ kind, id, dataflow, next }) => [kind, id, dataflow ?? '', next]),
        ),
    ...deleted.map((id) => `deleted ${id}`),
    ...notDeleted.map(({ id, why }) => `not deleted ${id}: ${why}`),
    ...atWork.map((dataflow) => `left out, since it is at work: ${dataflow}`),
  ].join('\n');
}
