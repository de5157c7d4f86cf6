import { Option, type Command } from 'commander';
import { InvalidEnvironmentError } from '../../client.ts';
import { failedCheck, passed, type SetupCheck } from '../../setup-check.ts';
import { connectBy, type Connected } from '../connection.ts';
import { checkAll } from '../doctor.ts';
import { exitCodes } from '../exit-codes.ts';
import { print } from '../output.ts';
import type { Run } from '../program.ts';
import { ServerRefusal } from '../../client/server-refusal.ts';
import { tellTried, trySandbox, wrongTry, type TryOptions } from '../try.ts';

interface Asked {
  sandbox?: string;
  try?: string;
  connection?: string;
  path?: string;
  runs?: true;
}

/** Whether everything is there that dataflows need. */
export function addSetupCommands(program: Command, run: Run): void {
  const doctor = program.command('doctor');
  doctor
    .description(
      'Check Temporal, its search attributes, the workers, and what AEP says to them; say what to do about what is wrong.',
    )
    .option('--sandbox <name>', 'where the services of AEP are asked; the first that AEP names unless given')
    .addOption(
      new Option(
        '--try <sandbox>',
        'make, change and delete a throwaway dataflow there: which guesses about AEP hold?',
      ).conflicts('sandbox'),
    )
    .option('--connection <id>', 'with --try: a base connection, so that a flow is tried, too')
    .option('--path <path>', 'with --try: a table or file behind it')
    .option('--runs', 'with these: wait for runs of the flow, too; loads its rows, and takes up to an hour')
    .action(async ({ sandbox, try: tried, ...source }: Asked) => {
      if (tried !== undefined) {
        const asked = { sandbox: tried, ...source };
        const wrong = wrongTry(asked);
        if (wrong !== undefined) doctor.error(`error: ${wrong}`);
        return tryIt(run, asked);
      }
      const [unused] = Object.keys(source);
      if (unused !== undefined) doctor.error(`error: option '--${unused}' needs '--try SANDBOX'`);
      return run.alone(async (format) => {
        const checks = await allChecks(program, sandbox);
        const ok = checks.every((one) => one.ok);
        print(format, { ok, checks }, () => tell(checks));
        return ok ? exitCodes.done : exitCodes.error;
      });
    });
}

async function tryIt(run: Run, asked: TryOptions): Promise<void> {
  await run.connected(async (client, format) => {
    const result = await trySandbox(client, asked);
    print(format, result, () => tellTried(result));
    return Object.keys(result.settings).length > 0 ? exitCodes.error : exitCodes.done;
  });
}

async function allChecks(program: Command, sandbox: string | undefined): Promise<SetupCheck[]> {
  let connected: Connected;
  try {
    connected = await connectBy(program);
  } catch (error) {
    // That there is no server is what was asked for.
    if (error instanceof ServerRefusal) return [failedCheck('Temporal', error.message, error.next)];
    if (!(error instanceof InvalidEnvironmentError)) throw error;
    return [failedCheck('Temporal', error.message, 'Nothing else can be checked before that is right.')];
  }
  try {
    const { temporal } = connected;
    const { serverVersion } = await temporal.workflowService.getSystemInfo({});
    return [passed('Temporal', `server ${serverVersion}`), ...(await checkAll({ ...connected, sandbox }))];
  } finally {
    await connected.client.close();
  }
}

function tell(checks: readonly SetupCheck[]): string {
  const width = Math.max(...checks.map(({ check }) => check.length));
  return checks
    .flatMap(({ check, ok, found, next }) => [
      `${ok ? 'ok    ' : 'failed'}  ${check.padEnd(width)}  ${found}`,
      ...(next === undefined
        ? []
        : next.split('\n').map((line, at) => `        ${at === 0 ? 'next: ' : '      '}${line}`)),
    ])
    .join('\n');
}
