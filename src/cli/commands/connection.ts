import { InvalidArgumentError, type Command } from 'commander';
import {
  InvalidDefinitionError,
  type Problem,
  type DescribeConnectionResult,
  type EnsureConnectionInput,
} from '../../client.ts';
import { authTypesOf, authTypeWith, paramsOf } from '../../definition/auth-types.ts';
import { connectionId, connectionWorkflowId, secretReference } from '../../definition/connection.ts';
import { isConnectorName } from '../../definition/connectors.ts';
import { didYouMean, nearest } from '../../definition/nearest.ts';
import { secretsAsWritten } from '../../definition/secrets.ts';
import { connectorProblem } from '../../definition/shape.ts';
import { isUuid } from '../../definition/text.ts';
import { shellWord } from '../../shell-word.ts';
import { UsageError } from '../definition-files.ts';
import { exitCodes } from '../exit-codes.ts';
import { goesOn } from '../leave.ts';
import { connectionName, connectionThere, type Named } from '../name.ts';
import { print } from '../output.ts';
import type { Run } from '../program.ts';

type Connects = Pick<EnsureConnectionInput, 'connector' | 'connectionSpec'>;

/** How AEP signs in to sources. */
export function addConnectionCommands(program: Command, run: Run): void {
  const connection = program
    .command('connection')
    .description('Make, show, test and delete base connections.');

  connection
    .command('ensure')
    .description(
      'See to it that AEP has a base connection with these credentials, and that its test of them passes.',
    )
    .argument('<sandbox/name>', 'the base connection', connectionName)
    .argument('<connector>', 'what it connects to, such as mysql; or the id of a connection spec', connects)
    .argument('[param=value...]', 'its params; a secret is where the worker finds it, as env:NAME')
    .option('--auth <type>', 'the authentication type, as AEP writes it, where the params do not tell')
    .action(async (named: Named, connects: Connects, given: string[], how: { auth?: string }) => {
      const asked = await run.read(async () => toEnsure(named, connects, given, how.auth));
      await run.connected(async (client, format) => {
        const result = await goesOn(waitAgain(named), () => client.ensureConnection(asked));
        print(
          format,
          result,
          () => `${connectionId(named)} is ${result.id}: ${result.outcome}, and AEP's test of it has passed.`,
        );
        return exitCodes.done;
      });
    });

  for (const [name, about, test] of [
    ['show', 'Say what AEP has of a base connection, whoever made it.', false],
    ['test', 'Say what AEP has of a base connection, and have AEP test its credentials.', true],
  ] as const)
    connection
      .command(name)
      .description(about)
      .argument('<sandbox/connection>', 'the base connection, by its name or its id', connectionThere)
      .action(async (there: ReturnType<typeof connectionThere>) => {
        await run.connected(async (client, format) => {
          const described = await client.describeConnection({ ...there, ...(test ? { test } : {}) });
          print(format, described, () => tellDescribed(described));
          return exitCodes.done;
        });
      });

  connection
    .command('delete')
    .description('Delete a base connection that was made here and that no flow loads from.')
    .argument('<sandbox/name>', 'the base connection', connectionName)
    .action(async (named: Named) => {
      await run.connected(async (client, format) => {
        const result = await goesOn(waitAgain(named), () => client.deleteConnection(named));
        print(format, result, () =>
          [...result.deleted.map((id) => `deleted ${id}`), ...(result.note ? [result.note] : [])].join('\n'),
        );
        return result.left ? exitCodes.conflict : exitCodes.done;
      });
    });
}

function waitAgain(named: Named): string {
  return `temporal workflow result --workflow-id ${shellWord(connectionWorkflowId(named))}`;
}

function connects(written: string): Connects {
  if (isUuid(written)) return { connectionSpec: { id: written } };
  if (isConnectorName(written)) return { connector: written };
  throw new InvalidArgumentError(`"${written}" ${connectorProblem(written)}`);
}

/** What is written wrongly may be a secret: it is not shown. */
function paramOf(written: string, index: number): [name: string, value: string | { secret: string }] {
  const at = written.indexOf('=');
  if (at < 1)
    throw new UsageError(
      `A param is written NAME=VALUE, such as server=db.example.com: number ${index + 1} is not.`,
    );
  const value = written.slice(at + 1);
  return [written.slice(0, at), secretReference(value) ?? value];
}

/**
 * @throws InvalidDefinitionError where a secret was typed.
 * @throws UsageError where the params do not say how the source is signed in to.
 */
function toEnsure(
  { sandbox, name }: Named,
  { connector, connectionSpec }: Connects,
  given: readonly string[],
  asked: string | undefined,
): EnsureConnectionInput {
  const params = Object.fromEntries(given.map(paramOf));
  if (Object.keys(params).length < given.length) throw new UsageError('A param is said twice.');
  const type = asked ?? (connector && authTypeWith(connector, Object.keys(params))?.name);
  const auth = { type: type ?? '', params };
  const input = { sandbox, name, connector, connectionSpec, auth };
  const typed = secretsAsWritten(input).map(({ field }) => {
    const param = field.replace('auth.params.', '');
    return { field: param, message: whyNoSecret(param, params[param]) };
  });
  if (typed.length > 0)
    throw new InvalidDefinitionError(
      [...typed, ...unknownParams(connector, Object.keys(params))],
      connectionId({ sandbox, name }),
    );
  if (type !== undefined) return input;
  if (connector === undefined) throw new UsageError('--auth is required with the id of a connection spec.');
  const ways = authTypesOf(connector).map(({ name, required, optional, secrets }) => {
    const param = (one: string) => `${one}=${secrets.includes(one) ? 'env:NAME' : '…'}`;
    return `  ${[...required.map(param), ...optional.map((one) => `[${param(one)}]`)].join(' ')} (${name})`;
  });
  throw new UsageError(
    [
      `${connector} is signed in to in one of these ways. Say all params of one, and --auth where they are of several:`,
      ...ways,
    ].join('\n'),
  );
}

function whyNoSecret(param: string, value: unknown): string {
  const asFile = `${param}=file:/run/secrets/NAME`;
  if (typeof value === 'string' && value.startsWith('file:'))
    return `must name the file by its whole path on the worker, as ${asFile}: a path begins with /`;
  if (typeof value === 'string' && value.startsWith('env:'))
    return `must name a variable of the worker's environment, as ${param}=env:NAME: letters, digits and _`;
  const there = `say where the worker finds it, as ${param}=env:NAME or ${asFile}`;
  return `must not be typed here, where a shell and a history keep it: ${there}. What was typed should be changed where it is from`;
}

/** Which params no authentication type of the connector has. */
function unknownParams(connector: Connects['connector'], params: readonly string[]): Problem[] {
  if (connector === undefined) return [];
  const known = authTypesOf(connector).flatMap(paramsOf);
  return params
    .filter((param) => !known.includes(param))
    .map((param) => ({
      field: param,
      message: `is no param of ${connector}${didYouMean(nearest(param, known))}`,
    }));
}

function tellDescribed(described: DescribeConnectionResult): string {
  const { id, name, source, state, authType, createdAt, isOurs, test } = described;
  const of = 'connector' in source ? source.connector : `the connection spec ${source.connectionSpec.id}`;
  return [
    `"${name}" is ${id}, of ${of}: ${state ?? 'of no known state'}`,
    ...(authType === undefined ? [] : [`  signs in by ${authType}`]),
    ...(createdAt === undefined ? [] : [`  made ${new Date(createdAt).toISOString()}`]),
    isOurs ? '  made here' : '  made by others: it can be used, and is changed by nobody here',
    ...(test ? ["  AEP's test of its credentials has passed"] : []),
  ].join('\n');
}
