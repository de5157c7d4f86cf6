import type { Command } from 'commander';
import type { ExploreSourceResult } from '../../client.ts';
import { exitCodes } from '../exit-codes.ts';
import { sourceThere } from '../name.ts';
import { print, table, tell } from '../output.ts';
import type { Run } from '../program.ts';

/** What AEP sees behind a base connection. */
export function addSourceCommands(program: Command, run: Run): void {
  const source = [
    '<sandbox/connection>',
    'the base connection, by its name or its id; or a connector that has none',
    sourceThere,
  ] as const;
  type Source = ReturnType<typeof sourceThere>;

  program
    .command('explore')
    .description('Show what a source holds, or the columns of one of its tables or files.')
    .argument(...source)
    .argument('[path]', 'a table, a file or a folder')
    .option('--rows', 'show the first rows, too, which are kept in a history')
    .action(async (there: Source, path: string | undefined, { rows }: { rows?: true }) => {
      await run.connected(async (client, format) => {
        const found = await client.explore({ ...there, path, rows });
        print(format, found, () => tellFound(found));
        return exitCodes.done;
      });
    });

  program
    .command('suggest')
    .description(
      'Print a definition that loads a table, a file or a folder of files, to be edited; tell why it is so.',
    )
    .argument(...source)
    .argument('<path>', 'a table, a file or a folder')
    .option('--name <name>', 'what the dataflow is to be called')
    .action(async (there: Source, path: string, how: { name?: string }) => {
      await run.connected(async (client, format) => {
        const suggested = await client.suggest({ ...there, path, ...how });
        const { definition, reasons, unmapped, warnings } = suggested;
        if (format === 'text') {
          // What goes into a file is the definition alone.
          for (const { field, reason } of reasons) tell(`${field}: ${reason}`);
          for (const { message } of warnings) tell(`Warning: ${message}`);
          if (unmapped.length > 0) tell(`Go nowhere: ${unmapped.join(', ')}`);
        }
        print(format, suggested, () => JSON.stringify(definition, undefined, 2));
        return exitCodes.done;
      });
    });
}

function tellFound(found: ExploreSourceResult): string {
  if (found.path === undefined)
    return [
      table(
        ['type', 'path', 'name'],
        found.entries.map(({ type, path, name }) => [type, path, name]),
      ),
      ...(found.more === undefined ? [] : [`and ${found.more} more`]),
    ].join('\n');
  const { columns = [], more, deltaCandidates = [], rows = [] } = found;
  return [
    table(
      ['column', 'type'],
      columns.map(({ name, type, format }) => [name, format === undefined ? type : `${type}, ${format}`]),
    ),
    ...(more === undefined ? [] : [`and ${more} more`]),
    ...deltaCandidates.map(({ name, why }) => `could find new rows: ${name}. ${why}`),
    ...rows.map((row) => JSON.stringify(row)),
  ].join('\n');
}
