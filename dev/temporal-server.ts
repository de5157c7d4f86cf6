import { Connection } from '@temporalio/client';
import { temporalCli } from './binaries.ts';
import { startChild } from './child.ts';
import { findBinary } from './find-binary.ts';
import { freePort, opens } from './ports.ts';
import { registerSearchAttributes } from './search-attributes.ts';
import { untilReady } from './until-ready.ts';

/** What the development server should be like. */
export interface TemporalOptions {
  /** TCP port of its API. Default: a free one. */
  port?: number | undefined;
  /** TCP port of its web pages. Default: a free one. */
  uiPort?: number | undefined;
  /** TCP port of its HTTP API. Default: a free one. */
  httpPort?: number | undefined;
  /** No web pages. Default: false. */
  headless?: boolean | undefined;
  /** File to keep its state in, over restarts. Default: none, all is lost when it closes. */
  dbFilename?: string | undefined;
  /** Lists of workflows in a second, for each namespace. Default: 100; a cluster's is 10. */
  listsPerSecond?: number | undefined;
}

/** A running development server, with our search attributes. */
export interface TemporalServer {
  /** `host:port`, as `TEMPORAL_ADDRESS` takes it. */
  address: string;
  namespace: string;
  /** Address of its HTTP API. */
  httpUrl: string;
  /** Address of its web pages; undefined when headless. */
  uiUrl: string | undefined;
  pid: number;
  /** Path of the Temporal CLI that runs it. */
  cli: string;
  /** Resolves, with a sentence that says how, when it has ended. */
  ended: Promise<string>;
  /** Ends it, and waits until it is gone. */
  close(): Promise<void>;
}

const namespace = 'default';
const startTimeoutMs = 30_000;
/** Another process may take a port between our finding it free and the server's opening it. */
const portTries = 5;

/** Starts a Temporal development server on this machine and waits until it serves. */
export async function startTemporal(options: TemporalOptions = {}): Promise<TemporalServer> {
  const cli = await findBinary(temporalCli);
  for (let attempt = 1; ; attempt++) {
    const port = options.port || (await freePort());
    const uiPort = options.uiPort || (await freePort());
    const httpPort = options.httpPort || (await freePort());
    const address = `127.0.0.1:${port}`;
    const child = await startChild(cli, serverArguments({ port, uiPort, httpPort }, options));
    try {
      await untilReady('The Temporal server', child, startTimeoutMs, () => serves(port));
    } catch (error) {
      await child.stop(0);
      const taken = child.lastOutput().includes('address already in use');
      if (taken && !options.port && !options.uiPort && !options.httpPort && attempt < portTries) continue;
      throw error;
    }
    return {
      address,
      namespace,
      httpUrl: `http://127.0.0.1:${httpPort}`,
      uiUrl: options.headless ? undefined : `http://127.0.0.1:${uiPort}`,
      pid: child.pid,
      cli,
      ended: child.ended,
      // Without a file there is nothing to save: an orderly end would only take a second longer.
      close: () => child.stop(options.dbFilename ? 5_000 : 0),
    };
  }
}

function serverArguments(
  { port, uiPort, httpPort }: Record<'port' | 'uiPort' | 'httpPort', number>,
  { headless, dbFilename, listsPerSecond }: TemporalOptions,
): string[] {
  const args = ['server', 'start-dev', '--ip', '127.0.0.1', '--log-level', 'error'];
  args.push('--port', String(port), '--http-port', String(httpPort));
  if (headless) args.push('--headless');
  else args.push('--ui-port', String(uiPort));
  // `temporal workflow pause` is new, and off unless a server is told otherwise.
  args.push('--dynamic-config-value', 'frontend.WorkflowPauseEnabled=true');
  if (listsPerSecond)
    args.push('--dynamic-config-value', `frontend.namespaceRPS.visibility=${listsPerSecond}`);
  if (dbFilename) {
    args.push('--db-filename', dbFilename);
    // These two let a server with a file run two to three times as fast.
    args.push('--sqlite-pragma', 'journal_mode=WAL', '--sqlite-pragma', 'synchronous=1');
  }
  return args;
}

async function serves(port: number): Promise<boolean> {
  // A gRPC connection that was refused waits a second before it tries again; a plain one need not.
  if (!(await opens(port))) return false;
  const connection = await Connection.connect({ address: `127.0.0.1:${port}`, connectTimeout: 1_000 });
  try {
    await registerSearchAttributes(connection, namespace);
    return true;
  } finally {
    await connection.close();
  }
}
