/** The levers over HTTP: `POST /_emulator/<lever>` with a JSON object; those that only read also answer GET with a query. */
import { Hono } from 'hono';
import type { Context } from 'hono';
import type { z } from 'zod';
import type { Control } from './control.ts';
import { isObject, parseJson } from './json.ts';
import { inputs, readInput } from './lever-inputs.ts';

type Lever = { reads?: true; help: string; pull: (input: unknown) => unknown };

/** What it takes, what it is for, what it does. */
function lever<Input>(
  schema: z.ZodType<Input>,
  help: string,
  pull: (input: Input) => unknown,
  reads?: 'reads',
): Lever {
  return {
    help,
    pull: (input) => pull(readInput(schema, input)),
    ...(reads === undefined ? {} : { reads: true }),
  };
}

function levers(control: Control): Record<string, Lever> {
  const { nothing } = inputs;
  return {
    addFault: lever(
      inputs.fault,
      '{kind, method?, path?, sandbox?, times?, skip?, retryAfterSeconds?, delayMs?, meanwhile?, committed?} spoils requests to come',
      (fault) => control.addFault(fault),
    ),
    faults: lever(nothing, 'all faults, with how often each struck', () => control.faults(), 'reads'),
    clearFaults: lever(nothing, 'no more faults', () => control.clearFaults()),
    requests: lever(
      inputs.filter,
      '{method?, path?} the requests that came',
      (filter) => control.requests(filter),
      'reads',
    ),
    callCounts: lever(nothing, 'how often each sort of call came', () => control.callCounts(), 'reads'),
    clearRequests: lever(nothing, 'forgets the requests that came', () => control.clearRequests()),
    resources: lever(
      inputs.resources,
      '{kind, sandbox?} what is really there, whatever lists show',
      ({ kind, sandbox }) => control.resources(kind, sandbox),
      'reads',
    ),
    configure: lever(inputs.settings, '{latencyMs?, listLagMs?, …} changes settings', (changes) =>
      control.configure(changes),
    ),
    clock: lever(nothing, "the emulator's clock (epoch ms) and its speed", () => control.clock(), 'reads'),
    advanceClock: lever(inputs.advance, '{ms} moves the clock forward', ({ ms }) => control.advanceClock(ms)),
    setClock: lever(
      inputs.clock,
      '{speed?, now?} sets the speed, or moves the clock forward to a time',
      (to) => control.setClock(to),
    ),
    planRuns: lever(inputs.plan, '{outcomes, flowId?, repeat?} how the next runs end', (plan) =>
      control.planRuns(plan),
    ),
    makeRun: lever(
      inputs.madeRun,
      '{flowId, outcome?, createdAt?, startedAt?, completedAt?, run?} a run at once',
      ({ flowId, ...details }) => control.makeRun(flowId, details),
    ),
    unknownFields: lever(
      nothing,
      'fields of requests that no documentation knows',
      () => control.unknownFields(),
      'reads',
    ),
    reset: lever(nothing, 'back to the first moment', () => control.reset()),
  };
}

export function controlApp(control: Control): Hono {
  const app = new Hono({ strict: false }).basePath('/_emulator');
  const all = levers(control);

  const pull = async (c: Context, input: unknown): Promise<Response> => {
    const lever = all[c.req.param('lever') ?? ''];
    if (lever === undefined)
      return c.json({ error: `No lever '${c.req.param('lever')}'.`, levers: Object.keys(all) }, 404);
    if (c.req.method === 'GET' && lever.reads !== true)
      return c.json({ error: 'This lever changes something: POST to it.' }, 405);
    if (!isObject(input)) return c.json({ error: 'The body is no JSON object.' }, 400);
    try {
      return c.json((await lever.pull(input)) ?? {});
    } catch (error) {
      return c.json({ error: error instanceof Error ? error.message : String(error) }, 400);
    }
  };

  app.get('/', (c) =>
    c.json(Object.fromEntries(Object.entries(all).map(([name, { help }]) => [name, help]))),
  );
  app.get('/:lever', (c) => pull(c, c.req.query()));
  app.post('/:lever', async (c) => {
    const text = await c.req.text();
    try {
      return await pull(c, text === '' ? {} : parseJson(text));
    } catch {
      return c.json({ error: 'The body is no JSON object.' }, 400);
    }
  });
  return app;
}
