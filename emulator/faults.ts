/** The faults that wait for a request, and which request they are for. */
import { pathPattern } from './wildcard.ts';

export const faultKinds = [
  /** 429 without `Retry-After`; nothing was done. */
  '429',
  /** 429 with `Retry-After`; nothing was done. */
  '429-retry-after',
  /** 500; nothing was done. */
  '500',
  /** 500, but the call took effect. */
  '500-committed',
  /** 502 with an HTML body. */
  '502-html',
  '503',
  /** 401: this one token, this one time. */
  '401',
  /** 404: what the call is about, or refers to, is not there; nothing was done. */
  '404',
  /** 400, and the connection is cut in the middle of its body; nothing was done. */
  '400-truncated',
  /** All tokens issued until now stop being good; the call meets that. */
  'token-revoked',
  /** The connection is reset before the call takes effect. */
  'reset-before',
  /** The call takes effect, then the connection is reset. */
  'reset-after',
  /** The connection is reset (or hangs) now, and the call takes effect later, whatever the client does. */
  'late-commit',
  /** Never answered; nothing was done. */
  'hang',
  /** Never answered, but the call took effect. */
  'hang-committed',
  /** The call takes effect; the answer's headers and part of its body come, then the connection is cut. */
  'truncated',
] as const;

export const methods = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'] as const;

export type FaultKind = (typeof faultKinds)[number];

export type Fault = {
  kind: FaultKind;
  /** HTTP method; without it, any. */
  method?: string;
  /**
   * Path after `/data/foundation`, e.g. `/flowservice/flows` or `/flowservice/flows/*`: `*` is part of one segment,
   * `**` anything, `{a,b}` either. The token endpoint is `/ims/token/*`. Without it, any.
   */
  path?: string;
  /** Name of the sandbox that the call is for. Without it, any. */
  sandbox?: string;
  /** How many requests it spoils (default 1). */
  times?: number;
  /** How many matching requests pass first (default 0). */
  skip?: number;
  /** `Retry-After` in seconds (default 1). */
  retryAfterSeconds?: number;
  /** Real ms until a late commit (default: the emulator's `lateCommitMs`). */
  delayMs?: number;
  /** What the client sees of a late commit: the connection reset (default) or silence. */
  meanwhile?: 'reset' | 'hang';
  /** Overrides whether the call takes effect, for kinds that answer or fall silent. */
  committed?: boolean;
};

/** A fault in waiting. */
export type ArmedFault = Fault & { id: number; skipped: number; used: number };

export class FaultBook {
  readonly #armed: { fault: ArmedFault; isMeant: ((path: string) => boolean) | undefined }[] = [];
  #lastId = 0;

  add(fault: Fault): ArmedFault {
    this.#lastId += 1;
    const armed: ArmedFault = { ...fault, id: this.#lastId, skipped: 0, used: 0 };
    this.#armed.push({
      fault: armed,
      isMeant: fault.path === undefined ? undefined : pathPattern(fault.path),
    });
    return armed;
  }

  /** The fault for this request, if one waits for it: the one added first. */
  take({
    method,
    path,
    sandbox,
  }: {
    method: string;
    path: string;
    sandbox?: string | undefined;
  }): ArmedFault | undefined {
    for (const { fault, isMeant } of this.#armed) {
      if (fault.used >= (fault.times ?? 1)) continue;
      if (fault.method !== undefined && fault.method.toUpperCase() !== method) continue;
      if (isMeant?.(path) === false) continue;
      if (fault.sandbox !== undefined && fault.sandbox !== sandbox) continue;
      if (fault.skipped < (fault.skip ?? 0)) {
        fault.skipped += 1;
        continue;
      }
      fault.used += 1;
      return fault;
    }
    return undefined;
  }

  /** All faults, those that are used up too, with how often they struck. */
  list(): ArmedFault[] {
    return this.#armed.map(({ fault }) => ({ ...fault }));
  }

  clear(): void {
    this.#armed.length = 0;
  }
}
