import { writeFile } from 'node:fs/promises';
import { extname } from 'node:path';
import { InvalidArgumentError, Option, type Command } from 'commander';
import { DataflowError } from '../../client.ts';
import { dataflowId } from '../../definition/identity.ts';
import { UsageError } from '../definition-files.ts';
import { exitCodes } from '../exit-codes.ts';
import { dataflowName, type Named } from '../name.ts';
import { print, tell } from '../output.ts';
import type { Run } from '../program.ts';

/** All dataflows in a browser. */
export function addBoardCommand(program: Command, run: Run): void {
  program
    .command('board')
    .description('Show all dataflows in a browser on this machine, until Ctrl-C; or write one into a file.')
    .argument('[sandbox/name]', 'the dataflow to begin with', dataflowName)
    .addOption(new Option('--port <port>', 'where it listens').argParser(portOf).default(0, 'a free port'))
    .option(
      '--allow-actions',
      'let the pages run failed runs again, disable and enable flows, approve plans and so on',
    )
    .option('--to <file>', 'write the dataflow into this .html or .svg file instead, to be sent by mail')
    .action(async (named: Named | undefined, how: { port: number; allowActions?: true; to?: string }) => {
      const { to } = how;
      const kind = await run.read(() => Promise.resolve(to === undefined ? undefined : kindOf(to, named)));
      await run.connected(async (client, format) => {
        // The other commands need not load it.
        if (to !== undefined && kind && named) {
          const { exportDataflow } = await import('../../board/export.ts');
          const { doing, health, last } = await client.status(named);
          if (!doing && !health && !last && (await client.history(named)).length === 0)
            throw new DataflowError(
              'Conflict',
              `Temporal knows nothing of ${dataflowId(named)}: there is nothing to be written`,
            );
          await writeFile(to, await exportDataflow(client, dataflowId(named), kind));
          print(format, { written: to }, () => `Written: ${to}`);
          return exitCodes.done;
        }
        const { serveBoard } = await import('../../board/serve.ts');
        const board = await serveBoard(client, {
          port: how.port,
          allowsActions: how.allowActions === true,
        });
        const url = new URL(board.url);
        if (named) {
          url.pathname = '/dataflow';
          url.searchParams.set('name', dataflowId(named));
        }
        print(format, { url: url.href }, () => url.href);
        tell(
          `Open this address. ${how.allowActions ? 'Its pages can do something.' : 'It only shows.'} Ctrl-C ends it.`,
        );
        await new Promise((resolve) => {
          for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, resolve);
        });
        await board.close();
        return exitCodes.done;
      });
    });
}

function kindOf(file: string, named: Named | undefined): 'html' | 'svg' {
  if (!named) throw new UsageError('--to needs a dataflow: temporal aep board SANDBOX/NAME --to FILE');
  const kind = extname(file).slice(1);
  if (kind === 'html' || kind === 'svg') return kind;
  throw new UsageError(`--to writes .html or .svg, and ${file} is neither`);
}

function portOf(written: string): number {
  const port = Number(written);
  if (!Number.isInteger(port) || port < 0 || port > 65_535)
    throw new InvalidArgumentError('A port is a number from 0 to 65535.');
  return port;
}
