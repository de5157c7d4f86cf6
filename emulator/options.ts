/** Every option of the emulator: type, default and help text in one place. The command line is made from this table. */
import type { JsonObject } from './json.ts';
import type { OutcomeMix } from './runs/outcomes.ts';

export type Settings = {
  /** Delay of each call in ms, half before it takes effect, half before it is answered. */
  latencyMs: number;
  /** Real ms until a list shows what was made and stops showing what was deleted. */
  listLagMs: number;
  /** Real ms until requests may refer to what was made: until then it is refused as not there. */
  referenceLagMs: number;
  /** When a `late-commit` fault commits, in real ms after the request, unless the fault says otherwise. */
  lateCommitMs: number;
  /** Requests per second beyond which calls are answered 429; 0 is no limit. */
  rateLimit: number;
  /** `Retry-After` of those answers in seconds; 0 leaves the header out. */
  retryAfterSeconds: number;
  /** Whether mapping sets keep the `name` they were created with. */
  mappingSetNames: 'kept' | 'dropped';
  /** Which version of a mapping set is shown where none is asked for: one document says the first, clients take it for the newest. */
  mappingSetShows: 'newest' | 'first';
  /** Shape of `GET /flowSpecs`: AEP's pages show both. */
  flowSpecShape: 'items' | 'bare';
  /** Wording of Schema Registry's refusal of a title that is taken: both are documented. */
  titleTaken: 'newer' | 'older';
  /** Clock time in ms until a base connection with credentials is enabled; before, it is initializing. */
  connectionInitMs: number;
  /** Clock time in ms that a patch or an action on a flow takes: at least, at most. */
  operationLastsMs: [number, number];
  /** How such an operation ends: that one can fail is only to be guessed from the form of `lastOperation`. */
  operationsEnd: 'completed' | 'failed';
  /** Whether the end of a run gives its flow a new version: a sample shows the time of change moving, no page says it. */
  flowAtRunEnd: 'touched' | 'untouched';
  /** Whether a flow that is switched on again makes up the runs it missed: documented of the UI, not of the API. */
  missedRuns: 'made-up' | 'dropped';
  /** Where the first window of a flow begins: no page says whether the rows of the period before its start are in it. */
  firstWindow: 'period-before-start' | 'start';
  /** Days of nothing but failed runs after which a flow is switched off; 0 is never. */
  failingDaysUntilDisabled: number;
  /** Labels that the caller has no role for: flows with one of them are hidden. */
  hiddenLabels: string[];
  /** Whether each sandbox but the first has base connections of its own ids, as in AEP, or all have the tutorials'. */
  baseConnectionIds: 'own' | 'shared';
  /**
   * Whether source and target connections can be listed by name: nothing documents that they can. `loose`: such a list has
   * those of other letters (A, a) too, and those whose name is only the beginning of what is asked for.
   */
  nameFilter: 'taken' | 'refused' | 'loose';
  /** Connection specs beside the documented ones, as `GET /connectionSpecs` answers them. */
  connectionSpecs: JsonObject[];
  /** Sandboxes that exist. */
  sandboxes: string[];
  /** Client ids (API keys) that are known; empty takes any. */
  clientIds: string[];
  /** The client secret all of them have; empty takes any. */
  clientSecret: string;
  /** Organisations that tokens are good for; empty takes any. */
  orgIds: string[];
  /** Life of a token in real seconds. */
  tokenSeconds: number;
  /** Times real time that the emulator's clock runs at. */
  clockSpeed: number;
  /** How many of each outcome runs have, where none is planned. */
  runs: OutcomeMix;
  /** Seed of what varies between runs: outcomes of the mix, counts, times. */
  seed: number;
  /** Clock time in ms from the moment a run is due until it appears: at least, at most. */
  runAppearsMs: [number, number];
  /** Clock time in ms from a run's start to its end: at least, at most. */
  runLastsMs: [number, number];
  /** How many requests the recording keeps, the newest. */
  recordLimit: number;
};

export const defaults: Settings = {
  latencyMs: 0,
  listLagMs: 0,
  referenceLagMs: 0,
  lateCommitMs: 2000,
  rateLimit: 0,
  retryAfterSeconds: 0,
  mappingSetNames: 'kept',
  mappingSetShows: 'newest',
  flowSpecShape: 'items',
  titleTaken: 'newer',
  connectionInitMs: 0,
  operationLastsMs: [0, 0],
  operationsEnd: 'completed',
  flowAtRunEnd: 'touched',
  missedRuns: 'made-up',
  firstWindow: 'period-before-start',
  failingDaysUntilDisabled: 30,
  hiddenLabels: [],
  baseConnectionIds: 'own',
  nameFilter: 'taken',
  connectionSpecs: [],
  sandboxes: ['prod', 'dev'],
  clientIds: [],
  clientSecret: '',
  orgIds: [],
  tokenSeconds: 86399,
  clockSpeed: 1,
  runs: { success: 1 },
  seed: 1,
  // A run shows two to three minutes after its start time [troubleshooting page].
  runAppearsMs: [120_000, 180_000],
  runLastsMs: [30_000, 90_000],
  recordLimit: 100_000,
};
