import type { Aep } from '../aep/aep.ts';
import type { Channels } from '../settings/channel-config.ts';
import type { Webhook } from '../settings/webhook-config.ts';
import type { ConnectionSecrets } from './connections/credentials.ts';

/** What activities need from the worker: AEP, and how long things can take on the way there. Milliseconds. */
export interface Dependencies {
  aep: Aep;
  httpTimeoutMs: number;
  lateCommitMs: number;
  listLagMs: number;
  watchIntervalMs: number;
  /** By the names that definitions use for them. */
  webhooks: Record<string, Webhook>;
  /** By which people are told. Absent: by none. */
  channels?: Channels | undefined;
  /** What base connections are made with. Absent: none are. */
  connectionSecrets?: ConnectionSecrets | undefined;
  /** Where the Temporal UI is, for links in messages. */
  temporalUiUrl?: string | undefined;
}
