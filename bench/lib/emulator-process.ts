import { fileURLToPath } from 'node:url';
import ky from 'ky';
import { startChild } from '../../dev/child.ts';
import type { Fault, MadeRun, RecordedRequest, ResourceKind, Settings } from '../../emulator/emulator.ts';

/** AEP in a process of its own, as `npm run emulator` starts it. */
export interface EmulatorProcess {
  url: string;
  pid: number;
  configure(settings: Partial<Settings>): Promise<void>;
  /** The requests that came since the last time. */
  takeRequests(): Promise<RecordedRequest[]>;
  requests(): Promise<RecordedRequest[]>;
  addFault(fault: Fault): Promise<void>;
  makeRun(flowId: string, run: MadeRun): Promise<void>;
  resources(kind: ResourceKind): Promise<Record<string, unknown>[]>;
}

export async function startEmulatorProcess(
  parts: AsyncDisposableStack,
  flags: string[] = [],
): Promise<EmulatorProcess> {
  const { promise, resolve } = Promise.withResolvers<string>();
  const script = fileURLToPath(new URL('../../emulator/main.ts', import.meta.url));
  const child = await startChild(process.execPath, [script, ...flags], {
    onOutput(text) {
      const url = /http:\/\/127\.0\.0\.1:\d+/.exec(text)?.[0];
      if (url) resolve(url);
    },
  });
  parts.defer(() => child.stop(1_000));
  const failed = child.ended.then((how) => Promise.reject(new Error(`The emulator ${how}.`)));
  failed.catch(() => undefined);
  const url = await Promise.race([promise, failed]);
  const requests = () => ky.get(`${url}/_emulator/requests`).json<RecordedRequest[]>();
  const pull = (lever: string, json: object) => ky.post(`${url}/_emulator/${lever}`, { json });
  return {
    url,
    pid: child.pid,
    configure: async (settings) => void (await pull('configure', settings)),
    addFault: async (fault) => void (await pull('addFault', fault)),
    makeRun: async (flowId, run) => void (await pull('makeRun', { flowId, ...run })),
    resources: (kind) => ky.get(`${url}/_emulator/resources?kind=${kind}`).json(),
    requests,
    async takeRequests() {
      const came = await requests();
      await pull('clearRequests', {});
      return came;
    },
  };
}
