/** The command line: each flag with its help text, and how its text becomes a setting. */
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { faultKinds, methods } from './faults.ts';
import type { Fault } from './faults.ts';
import type { EmulatorOptions } from './emulator.ts';
import { parseJson } from './json.ts';
import type { JsonObject } from './json.ts';
import { inputs, readInput } from './lever-inputs.ts';
import { defaults } from './options.ts';
import { isOutcome, outcomes } from './runs/outcomes.ts';
import type { OutcomeMix } from './runs/outcomes.ts';

export class UsageError extends Error {}

/** What the command line asks for. */
export type CommandLine = EmulatorOptions & { faults: Fault[] };

type Flag = { value: string; help: string; set: (options: CommandLine, text: string, flag: string) => void };

function number(text: string, flag: string, least = 0): number {
  const value = /^\d+(\.\d+)?$/.test(text) ? Number(text) : Number.NaN;
  if (!(value >= least))
    throw new UsageError(`--${flag} takes a number of at least ${least}, not '${text}'.`);
  return value;
}

function oneOf<T extends string>(text: string, flag: string, choices: readonly T[]): T {
  const found = choices.find((choice) => choice === text);
  if (found === undefined) throw new UsageError(`--${flag} takes ${choices.join(' or ')}, not '${text}'.`);
  return found;
}

const list = (text: string): string[] =>
  text
    .split(',')
    .map((one) => one.trim())
    .filter((one) => one !== '');

/** `120000` or `120000-180000`. */
function range(text: string, flag: string): [number, number] {
  const [least = '', most = least, ...rest] = text.split('-');
  if (rest.length > 0) throw new UsageError(`--${flag} takes MS or MS-MS, not '${text}'.`);
  const pair: [number, number] = [number(least, flag), number(most, flag)];
  if (pair[0] > pair[1]) throw new UsageError(`--${flag} takes the smaller number first.`);
  return pair;
}

/** `success=8,degraded=1,failed=1`. */
function readMix(text: string, flag: string): OutcomeMix {
  const mix: OutcomeMix = {};
  for (const part of list(text)) {
    const [outcome = '', weight = '1', ...rest] = part.split('=');
    if (rest.length > 0) throw new UsageError(`--${flag} takes OUTCOME=WEIGHT, not '${part}'.`);
    if (!isOutcome(outcome))
      throw new UsageError(`--${flag} knows ${outcomes.join(', ')}, not '${outcome}'.`);
    mix[outcome] = number(weight, flag);
  }
  if (Object.keys(mix).length === 0) throw new UsageError(`--${flag} takes OUTCOME=WEIGHT,…, not '${text}'.`);
  return mix;
}

/** `kind[:METHOD[:path[:times[:skip]]]]`. */
function readFault(text: string, flag: string): Fault {
  const [kind = '', method = '', path = '', times = '1', skip = '0', ...rest] = text.split(':');
  if (rest.length > 0)
    throw new UsageError(`--${flag} takes KIND:METHOD:PATH:TIMES:SKIP and no more, not '${text}'.`);
  return {
    kind: oneOf(kind, flag, faultKinds),
    ...(method === '' || method === '*' ? {} : { method: oneOf(method.toUpperCase(), flag, methods) }),
    ...(path === '' ? {} : { path }),
    times: number(times, flag, 1),
    skip: number(skip, flag),
  };
}

function readSpec(file: string, flag: string): JsonObject {
  try {
    return parseJson(readFileSync(file, 'utf8')) as JsonObject;
  } catch (error) {
    throw new UsageError(
      `--${flag} takes a JSON file: ${error instanceof Error ? error.message : String(error)}.`,
    );
  }
}

export const flags: Record<string, Flag> = {
  port: {
    value: 'N',
    help: 'port on 127.0.0.1 (default: a free one)',
    set: (o, text, flag) => (o.port = number(text, flag)),
  },
  data: {
    value: 'DIR',
    help: 'folder with tables and files of your own, in tables/ and files/, for the sources to have',
    // npm runs scripts in the package's folder, wherever it was called.
    set: (o, text) => (o.data = resolve(process.env['INIT_CWD'] ?? '', text)),
  },
  latency: {
    value: 'MS',
    help: 'delay of each call (default 0)',
    set: (o, text, flag) => (o.latencyMs = number(text, flag)),
  },
  'list-lag': {
    value: 'MS',
    help: 'time until lists show what was made and hide what was deleted (default 0)',
    set: (o, text, flag) => (o.listLagMs = number(text, flag)),
  },
  'reference-lag': {
    value: 'MS',
    help: 'time until requests may refer to what was made (default 0)',
    set: (o, text, flag) => (o.referenceLagMs = number(text, flag)),
  },
  'late-commit': {
    value: 'MS',
    help: `when the fault late-commit commits (default ${defaults.lateCommitMs})`,
    set: (o, text, flag) => (o.lateCommitMs = number(text, flag)),
  },
  'rate-limit': {
    value: 'N',
    help: 'calls per second beyond which the answer is 429 (default 0: no limit)',
    set: (o, text, flag) => (o.rateLimit = number(text, flag)),
  },
  'retry-after': {
    value: 'S',
    help: 'Retry-After of those answers in seconds (default 0: no such header)',
    set: (o, text, flag) => (o.retryAfterSeconds = number(text, flag)),
  },
  fault: {
    value: 'KIND[:METHOD[:PATH[:TIMES[:SKIP]]]]',
    help: `spoils calls; may be repeated. Kinds: ${faultKinds.join(', ')}`,
    set: (o, text, flag) => o.faults.push(readFault(text, flag)),
  },
  'mapping-set-names': {
    value: 'kept|dropped',
    help: `whether mapping sets keep their name (default ${defaults.mappingSetNames})`,
    set: (o, text, flag) => (o.mappingSetNames = oneOf(text, flag, ['kept', 'dropped'])),
  },
  'mapping-set-shows': {
    value: 'newest|first',
    help: `which version of a mapping set is shown where none is asked for (default ${defaults.mappingSetShows})`,
    set: (o, text, flag) => (o.mappingSetShows = oneOf(text, flag, ['newest', 'first'])),
  },
  'flow-spec-shape': {
    value: 'items|bare',
    help: `shape of GET /flowSpecs (default ${defaults.flowSpecShape})`,
    set: (o, text, flag) => (o.flowSpecShape = oneOf(text, flag, ['items', 'bare'])),
  },
  'title-taken': {
    value: 'newer|older',
    help: `wording of the refusal of a title that is taken (default ${defaults.titleTaken})`,
    set: (o, text, flag) => (o.titleTaken = oneOf(text, flag, ['newer', 'older'])),
  },
  'connection-init': {
    value: 'MS',
    help: 'clock time until a base connection with credentials is enabled (default 0)',
    set: (o, text, flag) => (o.connectionInitMs = number(text, flag)),
  },
  'operation-lasts': {
    value: 'MS[-MS]',
    help: `clock time that a patch or an action on a flow takes (default ${defaults.operationLastsMs[0]}; AEP: up to 10000)`,
    set: (o, text, flag) => (o.operationLastsMs = range(text, flag)),
  },
  'operations-end': {
    value: 'completed|failed',
    help: `how a patch or an action on a flow ends that was taken (default ${defaults.operationsEnd})`,
    set: (o, text, flag) => (o.operationsEnd = oneOf(text, flag, ['completed', 'failed'])),
  },
  'flow-at-run-end': {
    value: 'touched|untouched',
    help: `whether the end of a run gives its flow a new version (default ${defaults.flowAtRunEnd})`,
    set: (o, text, flag) => (o.flowAtRunEnd = oneOf(text, flag, ['touched', 'untouched'])),
  },
  'missed-runs': {
    value: 'made-up|dropped',
    help: `what becomes of the runs that a flow misses while it is off (default ${defaults.missedRuns})`,
    set: (o, text, flag) => (o.missedRuns = oneOf(text, flag, ['made-up', 'dropped'])),
  },
  'first-window': {
    value: 'period-before-start|start',
    help: `where the first window of a flow begins (default ${defaults.firstWindow})`,
    set: (o, text, flag) => (o.firstWindow = oneOf(text, flag, ['period-before-start', 'start'])),
  },
  'failing-days': {
    value: 'DAYS',
    help: `days of failed runs after which a flow is switched off (default ${defaults.failingDaysUntilDisabled}; 0: never)`,
    set: (o, text, flag) => (o.failingDaysUntilDisabled = number(text, flag)),
  },
  'hidden-labels': {
    value: 'LABEL,…',
    help: 'labels that the caller has no role for: their flows are hidden (default: none)',
    set: (o, text) => (o.hiddenLabels = list(text)),
  },
  'base-connection-ids': {
    value: 'own|shared',
    help: `whether each sandbox but the first has base connections of its own ids (default ${defaults.baseConnectionIds})`,
    set: (o, text, flag) => (o.baseConnectionIds = oneOf(text, flag, ['own', 'shared'])),
  },
  'name-filter': {
    value: 'taken|refused',
    help: `whether source and target connections can be listed by name (default ${defaults.nameFilter})`,
    set: (o, text, flag) => (o.nameFilter = oneOf(text, flag, ['taken', 'refused', 'loose'])),
  },
  'connection-spec': {
    value: 'FILE',
    help: 'a JSON file with a connection spec that is not documented, as AEP answers it; may be repeated',
    set: (o, text, flag) => (o.connectionSpecs = [...(o.connectionSpecs ?? []), readSpec(text, flag)]),
  },
  sandboxes: {
    value: 'NAME,…',
    help: `sandboxes that exist (default ${defaults.sandboxes.join(',')})`,
    set: (o, text) => (o.sandboxes = list(text)),
  },
  'client-ids': {
    value: 'ID,…',
    help: 'client ids that are known (default: any)',
    set: (o, text) => (o.clientIds = list(text)),
  },
  'client-secret': {
    value: 'TEXT',
    help: 'the secret they have (default: any)',
    set: (o, text) => (o.clientSecret = text),
  },
  orgs: {
    value: 'ID,…',
    help: 'organisations that tokens are good for (default: any)',
    set: (o, text) => (o.orgIds = list(text)),
  },
  'token-life': {
    value: 'S',
    help: `life of a token (default ${defaults.tokenSeconds})`,
    set: (o, text, flag) => (o.tokenSeconds = number(text, flag)),
  },
  'clock-speed': {
    value: 'X',
    help: 'how many times faster than real time the clock of AEP runs (default 1; 0 stops it)',
    set: (o, text, flag) => (o.clockSpeed = number(text, flag)),
  },
  runs: {
    value: 'OUTCOME=WEIGHT,…',
    help: `how runs end (default success). Outcomes: ${outcomes.join(', ')}`,
    set: (o, text, flag) => (o.runs = readMix(text, flag)),
  },
  'run-appears': {
    value: 'MS[-MS]',
    help: `clock time until a run that is due appears (default ${defaults.runAppearsMs.join('-')})`,
    set: (o, text, flag) => (o.runAppearsMs = range(text, flag)),
  },
  'run-lasts': {
    value: 'MS[-MS]',
    help: `clock time that a run takes (default ${defaults.runLastsMs.join('-')})`,
    set: (o, text, flag) => (o.runLastsMs = range(text, flag)),
  },
  seed: {
    value: 'N',
    help: 'what varies between runs follows from this (default 1)',
    set: (o, text, flag) => (o.seed = number(text, flag)),
  },
  'record-limit': {
    value: 'N',
    help: `how many requests are kept on record (default ${defaults.recordLimit})`,
    set: (o, text, flag) => (o.recordLimit = number(text, flag, 1)),
  },
};

/** Takes one flag's text into what the command line asks for, if that is something the emulator can do. */
export function setFlag(line: CommandLine, name: string, text: string): void {
  const set: CommandLine = { faults: [] };
  flags[name]?.set(set, text, name);
  const { faults, ...options } = set;
  try {
    readInput(inputs.options, options);
    for (const fault of faults) readInput(inputs.fault, fault);
  } catch (error) {
    const why =
      error instanceof Error ? error.message.replaceAll(/(^|; )\w+(\.\d+)?: /g, '$1') : String(error);
    throw new UsageError(`--${name}: ${why}, not '${text}'.`);
  }
  Object.assign(line, options);
  line.faults.push(...faults);
}

export function help(): string {
  const rows = Object.entries(flags).map(
    ([name, { value, help: text }]) => `  --${name} ${value}\n      ${text}`,
  );
  return [
    'Adobe Experience Platform on localhost: npm run emulator -- [options]',
    '',
    ...rows,
    '  --help\n      this text',
    '',
    'While it runs, GET /_emulator lists the levers that change it. See docs/emulator.md.',
  ].join('\n');
}
