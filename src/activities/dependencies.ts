import type { Aep } from '../aep/aep.ts';
import type { Webhook } from '../webhook-config.ts';

/** What activities need from the worker: AEP, and how long things can take on the way there. Milliseconds. */
export interface Dependencies {
  aep: Aep;
  httpTimeoutMs: number;
  lateCommitMs: number;
  listLagMs: number;
  watchIntervalMs: number;
  /** By the names that definitions use for them. */
  webhooks: Record<string, Webhook>;
  /** Where the Temporal UI is, for links in messages. */
  temporalUiUrl?: string | undefined;
}
