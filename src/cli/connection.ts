import { Option, type Command } from 'commander';
import { connect, type AepDataflows } from '../client.ts';

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
    "do not check the server's name",
  ],
  ['--profile <name>', 'TEMPORAL_PROFILE', "profile of Temporal's configuration file"],
  ['--config-file <file>', 'TEMPORAL_CONFIG_FILE', "Temporal's configuration file"],
];

/** Adds the Temporal CLI's own connection flags, under the names that it gives them. */
export function addConnectionFlags(program: Command): void {
  for (const [written, , about] of flags)
    program.addOption(new Option(written, about).helpGroup('How to reach Temporal:'));
  program.addOption(
    new Option('--grpc-meta <key=value...>', 'header for Temporal').helpGroup('How to reach Temporal:'),
  );
  program.addOption(
    new Option('--task-queue <name>', 'task queue of the worker')
      .default('aep-dataflows')
      .helpGroup('How to reach Temporal:'),
  );
}

/**
 * Connects as the Temporal CLI would: by flags, else the environment, else its configuration file.
 * @throws InvalidEnvironmentError
 */
export function connectBy(program: Command): Promise<AepDataflows> {
  const given = program.opts<Record<string, string | boolean | string[] | undefined>>();
  const env: Record<string, string | undefined> = { ...process.env };
  for (const [written, variable] of flags) {
    const value = given[new Option(written).attributeName()];
    if (value !== undefined) env[variable] = String(value);
  }
  for (const header of (given['grpcMeta'] as string[] | undefined) ?? []) {
    const at = header.indexOf('=');
    const key = header.slice(0, at).replaceAll('-', '_').toUpperCase();
    env[`TEMPORAL_GRPC_META_${key}`] = header.slice(at + 1);
  }
  return connect({ env, taskQueue: String(given['taskQueue']) });
}
