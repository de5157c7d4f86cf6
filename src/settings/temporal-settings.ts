import { loadClientConfigProfile, toClientOptions } from '@temporalio/envconfig';
import { InvalidEnvironmentError } from './invalid-environment.ts';

type Environment = Record<string, string | undefined>;
type Settings = ReturnType<typeof toClientOptions>;
type Profile = ReturnType<typeof loadClientConfigProfile>;

const hostAndPort = /^(?:\[[\da-f:.]+\]|[^\s:/@[\]]+):(\d{1,5})$/i;
const flags = ['true', 'false', '1', '0'];

/**
 * Where Temporal is, by its usual settings: `TEMPORAL_…`, profiles in `temporal.toml`. What Temporal's own tools and
 * libraries would each read in another way is refused.
 * @param whose for the error, such as `client`
 * @param how `disableFile`: no `temporal.toml` is read
 * @throws InvalidEnvironmentError
 */
export function readTemporal(
  whose: string,
  env: Environment = process.env,
  how: { disableFile?: boolean } = {},
): Settings {
  const { settings, problems } = read(env, how);
  if (settings) return settings;
  throw new InvalidEnvironmentError(whose, problems);
}

/** What `readTemporal` would refuse. No problem shows a value. */
export function temporalProblems(env: Environment): string[] {
  return read(env).problems;
}

function read(
  env: Environment,
  { disableFile = false }: { disableFile?: boolean } = {},
): { settings?: Settings; problems: string[] } {
  const set = withoutEmpty(env);
  let problems = flagProblems(set);
  try {
    const profile = loadClientConfigProfile({ overrideEnvVars: set, disableFile });
    problems = [...problems, ...profileProblems(profile, set)];
    if (problems.length > 0) return { problems };
    return { settings: toClientOptions(profile), problems };
  } catch (error) {
    return { problems: [...problems, `The settings of Temporal cannot be read: ${reasonOf(error)}`] };
  }
}

/** The CLI takes what is empty for not set; the library would take it for an address, a profile or a key. An empty header is one that is taken away. */
function withoutEmpty(env: Environment): Record<string, string> {
  const kept = Object.entries(env).filter(
    (pair): pair is [string, string] =>
      pair[1] !== undefined && (pair[1] !== '' || pair[0].startsWith('TEMPORAL_GRPC_META_')),
  );
  return Object.fromEntries(kept);
}

/** The CLI and Python take `TRUE` for true. The TypeScript library takes it for false, and would send an API key unencrypted. */
function flagProblems(env: Environment): string[] {
  const { TEMPORAL_TLS: tls, TEMPORAL_TLS_DISABLE_HOST_VERIFICATION: unchecked } = env;
  return [
    ...(tls === undefined || flags.includes(tls) ? [] : ['TEMPORAL_TLS must be true, false, 1 or 0']),
    // The TypeScript library does not read it, and would check all the same.
    ...(unchecked === undefined || /^(0|f|false)$/i.test(unchecked)
      ? []
      : [
          'TEMPORAL_TLS_DISABLE_HOST_VERIFICATION cannot be obeyed: set TEMPORAL_TLS_SERVER_CA_CERT_PATH and TEMPORAL_TLS_SERVER_NAME instead',
        ]),
  ];
}

function profileProblems({ address, apiKey, tls }: Profile, env: Environment): string[] {
  const named = (variable: string, key: string) =>
    env[variable] === undefined ? `${key} in Temporal's profile` : variable;
  const problems: string[] = [];
  if (address !== undefined && !isHostAndPort(address))
    problems.push(
      `${named('TEMPORAL_ADDRESS', 'address')} must be HOST:PORT, such as localhost:7233: where a port is missing, each of Temporal's tools takes another one`,
    );
  if (apiKey !== undefined && typeof apiKey !== 'string')
    problems.push("api_key in Temporal's profile must be text");
  if (tls?.disabled !== undefined && typeof tls.disabled !== 'boolean')
    problems.push("tls.disabled in Temporal's profile must be true or false, without quotes");
  if ((tls?.clientCert === undefined) !== (tls?.clientKey === undefined))
    problems.push(
      'TEMPORAL_TLS_CLIENT_CERT_… and TEMPORAL_TLS_CLIENT_KEY_… must both be set, or neither: one alone is not used',
    );
  return problems;
}

function isHostAndPort(address: unknown): boolean {
  const port = typeof address === 'string' ? Number(hostAndPort.exec(address)?.[1]) : Number.NaN;
  return port >= 1 && port <= 65_535;
}

/** The TOML parser shows the lines around a mistake, which can be those of an API key. */
function reasonOf(error: unknown): string {
  if (typeof error === 'object' && error !== null && 'line' in error && 'column' in error)
    return `temporal.toml is no TOML, in line ${String(error.line)}, column ${String(error.column)}`;
  if (error instanceof TypeError) return 'temporal.toml has no [profile.…]';
  return error instanceof Error ? error.message : String(error);
}
