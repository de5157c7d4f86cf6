/** AEP in this process without a port. */
import { Readable } from 'node:stream';
import { aep } from './aep.ts';
import { Control } from './control.ts';
import { controlApp } from './control-http.ts';
import { inputs, readInput } from './lever-inputs.ts';
import { Network, type Incoming, type Outgoing } from './network.ts';
import { defaults, type Settings } from './options.ts';
import { seed } from './seeds.ts';
import { World } from './world.ts';

export type InMemory = {
  control: Control;
  /**
   * Takes a request, and settles when it has done all it will do about it now. An answer may be cut off in its body, the
   * connection may be lost, and where a call hangs neither comes.
   */
  handle(
    request: { method: string; url: URL; headers: Headers; bytes: Buffer },
    answered: (response: Response) => void,
    lost: (error: TypeError) => void,
  ): Promise<void>;
};

/** @throws Error where an option is wrong. */
export function emulatorInMemory(options: Partial<Settings> = {}): InMemory {
  const world = new World({ ...defaults, ...readInput(inputs.options, options) }, Date.now(), seed);
  const control = new Control(world);
  const network = new Network(world, aep(world), controlApp(control));
  return {
    control,
    async handle({ method, url, headers, bytes }, answered, lost) {
      const incoming: Incoming = Object.assign(Readable.from(bytes.length > 0 ? [bytes] : []), {
        url: url.pathname + url.search,
        method,
        headers: Object.fromEntries(headers),
        complete: true,
        socket: {
          resetAndDestroy: () => lost(broken('ECONNRESET')),
          destroy: () => lost(broken('UND_ERR_SOCKET')),
        },
      });
      await network.handle(incoming, answerTo(answered));
    },
  };
}

/** An answer that is written in parts is one whose connection ends before its body does. */
function answerTo(resolve: (response: Response) => void): Outgoing {
  let head: { status: number; headers: Record<string, string> } = { status: 500, headers: {} };
  const answer = (body: ReadableStream | Uint8Array<ArrayBuffer>) =>
    resolve(new Response(head.status === 204 ? null : body, head));
  return {
    writeHead: (status, headers) => void (head = { status, headers }),
    end: (body) => answer(new Uint8Array(body)),
    write(chunk) {
      let isRead = false;
      const pull = (controller: ReadableStreamDefaultController) => {
        if (isRead) controller.error(broken('UND_ERR_SOCKET', 'terminated'));
        else controller.enqueue(chunk);
        isRead = true;
      };
      answer(new ReadableStream({ pull }, { highWaterMark: 0 }));
    },
  };
}

/** As `fetch` tells of a connection that ended. */
function broken(code: string, message = 'fetch failed'): TypeError {
  return new TypeError(message, { cause: Object.assign(new Error(code), { code }) });
}
