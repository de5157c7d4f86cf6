import { hostname, userInfo } from 'node:os';
import { Client, Connection } from '@temporalio/client';
import { InvalidArgumentError, Option, type Command } from 'commander';
import { AepDataflows } from '../client.ts';
import { readTemporal } from '../settings/temporal-settings.ts';
import { UsageError } from './definition-files.ts';
import { readEnvironmentOptions } from './environment-file.ts';
import { away, refusalBy, type Where } from '../client/server-refusal.ts';
import { timeout } from './timeout.ts';

/** What commands talk to. */
export interface Connected {
  client: AepDataflows;
  temporal: Client;
  where: Where;
}

/** The connection flags of the Temporal CLI that mean something to us, and the environment variable that each stands for. */
const flags: [flags: string, variable: string, about: string][] = [
  ['--address <host:port>', 'TEMPORAL_ADDRESS', "Temporal's frontend"],
  ['-n, --namespace <name>', 'TEMPORAL_NAMESPACE', "Temporal's namespace"],
  ['--api-key <key>', 'TEMPORAL_API_KEY', 'API key for Temporal; better set TEMPORAL_API_KEY'],
  ['--tls', 'TEMPORAL_TLS', 'use TLS'],
  ['--tls-cert-path <file>', 'TEMPORAL_TLS_CLIENT_CERT_PATH', "the client's certificate"],
  ['--tls-cert-data <pem>', 'TEMPORAL_TLS_CLIENT_CERT_DATA', "the client's certificate itself"],
  ['--tls-key-path <file>', 'TEMPORAL_TLS_CLIENT_KEY_PATH', "the client's key"],
  ['--tls-key-data <pem>', 'TEMPORAL_TLS_CLIENT_KEY_DATA', "the client's key itself"],
  ['--tls-ca-path <file>', 'TEMPORAL_TLS_SERVER_CA_CERT_PATH', "the server's CA certificate"],
  ['--tls-ca-data <pem>', 'TEMPORAL_TLS_SERVER_CA_CERT_DATA', "the server's CA certificate itself"],
  ['--tls-server-name <name>', 'TEMPORAL_TLS_SERVER_NAME', "the server's name in its certificate"],
  [
    '--tls-disable-host-verification',
    'TEMPORAL_TLS_DISABLE_HOST_VERIFICATION',
    'refused: the server is always checked',
  ],
  ['--profile <name>', 'TEMPORAL_PROFILE', "profile of Temporal's configuration file"],
  ['--config-file <file>', 'TEMPORAL_CONFIG_FILE', "Temporal's configuration file"],
];

/** Those that stand for no environment variable. */
const others = [
  new Option('--grpc-meta <key=value>', 'header for Temporal; may be repeated').argParser(header),
  new Option('--identity <name>', 'who asks, as histories have it'),
  new Option('--client-authority <name>', ':authority of the requests to Temporal'),
  new Option('--client-connect-timeout <duration>', 'how long to wait for the connection').argParser(timeout),
  new Option(
    '--env <name>',
    'environment of the Temporal CLI (`temporal env`): its options are the defaults',
  ),
  new Option('--env-file <file>', 'where these environments are'),
  new Option('--disable-config-file', "leave Temporal's configuration file aside"),
  new Option('--disable-config-env', 'leave TEMPORAL_… aside, as far as it says where Temporal is'),
];

/** Workers read no payload that a codec has encoded: one of ours would wait for ever. */
const refused = ['--codec-endpoint <url>', '--codec-auth <header>', '--codec-header <key=value>'];

/** Adds the Temporal CLI's own connection flags, under the names that it gives them. */
export function addConnectionFlags(program: Command): void {
  const group = 'How to reach Temporal:';
  for (const [written, , about] of flags) program.addOption(new Option(written, about).helpGroup(group));
  for (const option of others) program.addOption(option.helpGroup(group));
  for (const written of refused)
    program.addOption(
      new Option(written)
        .argParser(() => {
          throw new InvalidArgumentError(
            'Workers of aep-dataflows read no payloads that a codec has encoded.',
          );
        })
        .hideHelp(),
    );
}

/**
 * Takes what the environment of the Temporal CLI says for every option that was not given, as the CLI does.
 * @throws UsageError
 */
export async function takeEnvironment(program: Command, env = process.env): Promise<void> {
  const { env: name, envFile } = program.opts<{ env?: string; envFile?: string }>();
  const chosen = {
    name: name ?? env['TEMPORAL_ENV'],
    file: envFile ?? env['TEMPORAL_ENV_FILE'],
  };
  const said = await readEnvironmentOptions(chosen, env);
  for (const option of program.options) {
    const key = option.attributeName();
    const text = said[option.name()];
    const isGiven = ![undefined, 'default'].includes(program.getOptionValueSource(key));
    if (text !== undefined && !isGiven)
      program.setOptionValueWithSource(key, valueOf(option, text), 'config');
  }
}

function valueOf(option: Option, text: string): unknown {
  const wrong = (why: string) =>
    new UsageError(`--${option.name()} of the environment of the Temporal CLI is wrong: ${why}`);
  if (option.isBoolean()) {
    if (/^(1|t|true)$/i.test(text)) return true;
    if (/^(0|f|false)$/i.test(text)) return false;
    throw wrong('It must be true or false.');
  }
  try {
    return option.parseArg ? option.parseArg(text, undefined) : text;
  } catch (error) {
    throw error instanceof InvalidArgumentError ? wrong(error.message) : error;
  }
}

interface Given extends Record<string, unknown> {
  grpcMeta?: string[];
  identity?: string;
  clientAuthority?: string;
  clientConnectTimeout?: number;
  commandTimeout?: number;
  disableConfigFile?: true;
  disableConfigEnv?: true;
}

/**
 * Where Temporal is: by flags, else the environment of the Temporal CLI, else variables, else its configuration file.
 * @throws InvalidEnvironmentError
 */
export function settingsOf(program: Command, env = process.env): ReturnType<typeof readTemporal> {
  const given = program.opts<Given>();
  return readTemporal('client', variablesOf(given, env), { disableFile: given.disableConfigFile === true });
}

/**
 * Connects as the Temporal CLI would.
 * @throws InvalidEnvironmentError
 * @throws ServerRefusal where nobody answers there, or does not want us
 */
export async function connectBy(program: Command): Promise<Connected> {
  const { connectionOptions, namespace } = settingsOf(program);
  const { address = 'localhost:7233' } = connectionOptions;
  const where: Where = { address, namespace: namespace ?? 'default' };
  const given = program.opts<Given>();
  const { identity = `temporal-aep:${user()}@${hostname()}`, clientAuthority } = given;
  const connectTimeout = given.clientConnectTimeout || given.commandTimeout;
  const connection = await Connection.connect({
    ...connectionOptions,
    ...(connectTimeout ? { connectTimeout } : {}),
    ...(clientAuthority ? { channelArgs: { 'grpc.default_authority': clientAuthority } } : {}),
  }).catch((error: unknown) => {
    throw refusalBy(error, where) ?? away(where, reasonOf(error));
  });
  const temporal = new Client({
    connection,
    ...(namespace ? { namespace } : {}),
    identity,
  });
  return { temporal, where, client: new AepDataflows(temporal, () => connection.close()) };
}

/** Who asks, as the Temporal CLI says it of itself: histories are read by people. */
function user(): string {
  try {
    return userInfo().username;
  } catch {
    // The user has no name on this machine, as in some containers.
    return process.env['USER'] ?? 'unknown';
  }
}

/** What the server, or the way to it, has against the connection. */
function reasonOf(error: unknown): string {
  const { message, cause } = error as Error;
  const { details } = (cause ?? {}) as { details?: string };
  return details ? `${message}: ${details}` : message;
}

/** The variables that say where Temporal is, as the flags have it. */
function variablesOf(given: Given, env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const isLeftAside = (name: string) =>
    given.disableConfigEnv === true && /^TEMPORAL_(?!PROFILE$|CONFIG_FILE$)/.test(name);
  const variables = Object.fromEntries(Object.entries(env).filter(([name]) => !isLeftAside(name)));
  for (const [written, variable] of flags) {
    const value = given[new Option(written).attributeName()];
    if (typeof value === 'string' || typeof value === 'boolean') variables[variable] = `${value}`;
  }
  for (const text of given.grpcMeta ?? []) {
    const at = text.indexOf('=');
    const key = text.slice(0, at).replaceAll('-', '_').toUpperCase();
    variables[`TEMPORAL_GRPC_META_${key}`] = text.slice(at + 1);
  }
  return variables;
}

function header(text: string, before: string[] = []): string[] {
  if (text.indexOf('=') < 1) throw new InvalidArgumentError('It is written KEY=VALUE.');
  return [...before, text];
}
