import { readFileSync } from 'node:fs';
import type { Client } from '@temporalio/client';
import { Command, Option } from 'commander';
import {
  DataflowError,
  InvalidDefinitionError,
  InvalidEnvironmentError,
  type AepDataflows,
  type Plan,
} from '../client.ts';
import { addConnectionFlags, connectBy, takeEnvironment, type Connected } from './connection.ts';
import { UsageError } from './definition-files.ts';
import { noWorkerText } from './doctor.ts';
import { exitCodeOf, exitCodes, type ExitCode } from './exit-codes.ts';
import { Left, untilLeft } from './leave.ts';
import { colourChoices, wantsColours } from './colour.ts';
import { formats, outputVersion, tell, useColours, write, type Format } from './output.ts';
import { asksForCompletion, runCompletion } from './run-completion.ts';
import { refusalBy, ServerRefusal } from '../client/server-refusal.ts';
import { timeout } from './timeout.ts';
import { addConnectionCommands } from './commands/connection.ts';
import { addBoardCommand } from './commands/board.ts';
import { addDataflowCommands } from './commands/dataflow.ts';
import { addFlowCommands } from './commands/flow.ts';
import { addSandboxCommands } from './commands/sandbox.ts';
import { addSetupCommands } from './commands/setup.ts';
import { addSourceCommands } from './commands/source.ts';

/** How a command does its work: what fails is told, and becomes the exit status. */
export interface Run {
  /** Reads what we were given. What is wrong with it is told before anything is asked. */
  read<Given>(read: () => Promise<Given>): Promise<Given>;
  /** Does what needs no server. */
  alone(work: (format: Format) => Promise<ExitCode>): Promise<void>;
  /** Does what needs Temporal. */
  connected(
    work: (client: AepDataflows, format: Format, temporal: Client) => Promise<ExitCode>,
  ): Promise<void>;
}

/** Has been told by then. */
class Ended extends Error {}

/**
 * The commands of `temporal aep`. Options that the Temporal CLI takes before `aep` arrive before the command, all others
 * behind it: both places are as good.
 */
export function createProgram(): Command {
  const program = new Command('temporal aep');
  program
    .description('Load data sources into Adobe Experience Platform as durable Temporal workflows.')
    .addOption(new Option('-o, --output <format>', 'what is printed').choices([...formats]).default('text'))
    .addOption(
      new Option('--command-timeout <duration>', 'how long the command may take: 90s, 5m, 1h30m').argParser(
        timeout,
      ),
    )
    .addOption(
      new Option('--color <when>', 'colours: only on a terminal, unless said otherwise')
        .choices([...colourChoices])
        .default('auto'),
    )
    .version(version())
    .showSuggestionAfterError()
    .exitOverride();
  addConnectionFlags(program);

  program.hook('preAction', async () => {
    try {
      await takeEnvironment(program);
    } catch (error) {
      throw failed(error, format());
    }
    const { color } = program.opts<{ color: (typeof colourChoices)[number] }>();
    useColours(wantsColours(color, process.stdout, process.env));
  });

  const format = (): Format => program.opts<{ output: Format }>().output;
  const bound = () => program.opts<{ commandTimeout?: number }>().commandTimeout ?? 0;
  const run: Run = {
    async read(read) {
      try {
        return await read();
      } catch (error) {
        throw failed(error, format());
      }
    },
    async alone(work) {
      try {
        process.exitCode = await untilLeft(work(format()), bound(), spentMs(bound()));
      } catch (error) {
        throw failed(error, format());
      }
    },
    async connected(work) {
      let connecting: Promise<Connected> | undefined;
      let stopLooking = () => {};
      const all = async () => {
        connecting = connectBy(program);
        const { client, temporal } = await connecting;
        stopLooking = tellWhereNobodyWorks(temporal);
        return work(client, format(), temporal);
      };
      try {
        process.exitCode = await untilLeft(all(), bound(), spentMs(bound()));
      } catch (error) {
        const where = (await connecting?.catch(() => undefined))?.where ?? {};
        throw failed(refusalBy(error, where) ?? error, format());
      } finally {
        stopLooking();
        // Who has left while it was being made leaves no connection that keeps the process.
        await connecting?.then(
          ({ client }) => client.close(),
          () => undefined,
        );
      }
    },
  };
  addDataflowCommands(program, run);
  addFlowCommands(program, run);
  addSandboxCommands(program, run);
  addSourceCommands(program, run);
  addConnectionCommands(program, run);
  addBoardCommand(program, run);
  addSetupCommands(program, run);
  for (const command of program.commands.flatMap((one) => [one, ...one.commands]))
    command.addHelpText('after', '\nEvery command takes -o, --address and others: temporal aep --help');
  return program;
}

/**
 * What is over of the time that the command may take, and a little more: the Temporal CLI bounds us by the same time, which
 * began before, and then ends us in the middle of a word. Milliseconds.
 */
const spentMs = (boundMs: number) => process.uptime() * 1_000 + Math.min(1_000, boundMs / 5);

/** Nearly all commands are done by a worker: where none is there, they would wait without a word. Milliseconds. */
const lookForWorkersAfterMs = 2_000;

/** @returns ends the looking: the command is over */
function tellWhereNobodyWorks(temporal: Client): () => void {
  let isOver = false;
  const look = async () => {
    // Who may not ask, or asks in vain, is told by what the command itself asks for.
    const text = await noWorkerText(temporal).catch(() => undefined);
    if (text !== undefined && !isOver) tell(text);
  };
  const timer = setTimeout(() => void look(), lookForWorkersAfterMs).unref();
  return () => {
    isOver = true;
    clearTimeout(timer);
  };
}

/** Runs one command, and sets the exit status of this process. */
export async function runProgram(args: readonly string[]): Promise<void> {
  const program = createProgram();
  if (asksForCompletion(args)) return runCompletion(program, args);
  try {
    await program.parseAsync(args, { from: 'user' });
  } catch (error) {
    if (error instanceof Ended) return;
    // Commander has told it. Of help that was asked for it says 0.
    process.exitCode =
      error instanceof Error && 'exitCode' in error && error.exitCode === 0
        ? exitCodes.done
        : exitCodes.error;
    if (!(error instanceof Error && 'exitCode' in error)) tell(String(error));
  }
}

/** Tells what went wrong: as text on standard error, else as JSON where results would be. */
function failed(error: unknown, format: Format): Ended {
  process.exitCode = codeOf(error);
  const { type, message, details } = toldOf(error);
  if (format === 'text') {
    tell(type === undefined ? message : `${type}: ${message}`);
    const next = error instanceof ServerRefusal ? error.next : nextOf(error);
    if (next !== undefined) tell(`next: ${next}`);
  } else
    write(
      JSON.stringify({
        version: outputVersion,
        error: { ...(type === undefined ? {} : { type }), message, ...details },
      }),
    );
  return new Ended(message);
}

function codeOf(error: unknown): ExitCode {
  if (error instanceof DataflowError) return exitCodeOf(error.type);
  if (error instanceof InvalidDefinitionError) return exitCodes.invalid;
  return error instanceof Left ? error.exitCode : exitCodes.error;
}

function toldOf(error: unknown): { type?: string; message: string; details?: object } {
  if (error instanceof DataflowError)
    return { type: error.type, message: error.message, details: error.details };
  if (error instanceof InvalidDefinitionError)
    return { type: 'InvalidDefinition', message: error.message, details: { problems: error.problems } };
  if (error instanceof ServerRefusal) return { message: error.message, details: { next: error.next } };
  if (error instanceof UsageError || error instanceof InvalidEnvironmentError || error instanceof Left)
    return { message: error.message };
  return { message: error instanceof Error ? `${error.name}: ${error.message}` : String(error) };
}

/** The command that goes on from there, or the options that make a choice which nobody has made. */
function nextOf(error: unknown): string | undefined {
  if (!(error instanceof DataflowError)) return undefined;
  const { plan, reason } = error.details as { plan?: Partial<Plan>; reason?: string };
  if (error.type === 'Conflict') {
    if (reason === 'no-flow') return 'temporal aep create FILE';
    if (reason === 'missing') return 'If it was deleted: temporal aep update FILE --missing-flow recreate';
    const isInTheWay = plan?.steps?.some(({ action }) => action === 'conflict') ?? true;
    if (reason === 'differs' && !isInTheWay)
      return 'temporal aep plan FILE tells what differs, temporal aep update FILE changes it';
  }
  if (error.type !== 'ChoiceNeeded') return undefined;
  const options = (plan?.choices ?? []).flatMap(({ name, options }) => {
    const flag = name.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
    return options.map(({ value }) => `--${flag} ${value}`);
  });
  return options.length > 0 ? `Add what you choose: ${options.join(', or ')}` : undefined;
}

/** Of the package: its file is as far from the sources as from what is built of them. */
function version(): string {
  const file = new URL('../../package.json', import.meta.url);
  return (JSON.parse(readFileSync(file, 'utf8')) as { version: string }).version;
}
