import { GaveUp } from './deadline.ts';
import { readErrorBody } from './error-body.ts';
import type { AepError, Failure } from './errors.ts';
import {
  NotFound,
  NotReached,
  RateLimited,
  Rejected,
  TitleTaken,
  Unauthorized,
  Unavailable,
} from './errors.ts';

/** How a request ended that did not succeed. */
export type Outcome =
  /** AEP answered with another status than 2xx. The body is undefined where it could not be read to its end. */
  | { kind: 'refused'; status: number; headers: Headers; body: string | undefined }
  /** AEP answered 2xx with something else than was agreed. */
  | { kind: 'unreadable'; status: number; headers: Headers; problem: string }
  /** No answer. `sent` is false while no byte of the request can have gone out. */
  | { kind: 'noAnswer'; error: unknown; sent: boolean };

/** What was asked: whoever can't get a token has surely created nothing. */
export type Asked = { call: string; of: 'aep' | 'tokens' };

/**
 * The one place where statuses, AEP's codes and network errors get their meaning. Doubt is the default: what is not
 * surely refused and surely not sent is `Unavailable`.
 */
export function classify(asked: Asked, outcome: Outcome, redact: (text: string) => string): AepError {
  const failure = describeOutcome(asked.call, outcome, redact);
  if (outcome.kind === 'refused' && isCutOff(outcome))
    return asked.of === 'tokens' ? new NotReached(failure) : new Unavailable(failure);
  if (asked.of === 'tokens') return classifyTokenFailure(outcome, failure);
  if (outcome.kind === 'noAnswer') {
    if (!outcome.sent)
      return outcome.error instanceof GaveUp ? new NotReached(failure) : new Rejected(failure);
    return neverConnected(outcome.error) ? new NotReached(failure) : new Unavailable(failure);
  }
  if (outcome.kind === 'unreadable') return new Unavailable(failure);

  const { status, body } = outcome;
  const code = failure.code ?? '';
  const text = `${failure.title ?? ''} ${failure.detail ?? ''}`;
  if (status === 401) return new Unauthorized(failure, wrongOrganisation.test(code));
  if (badTokenCode.test(code)) return new Unauthorized(failure, false);
  if (status === 403) return new Unauthorized(failure, true);
  if (status === 429) return new RateLimited(failure);
  if (status < 400 || status >= 500 || undecided.has(status)) return new Unavailable(failure);
  if (titleTakenCode.test(code) || titleTaken.test(text)) return new TitleTaken(failure, existingId(text));
  if (notFoundCode.test(code)) return new NotFound(failure);
  if (status === 404) {
    const { from } = readErrorBody(body ?? '');
    // A gateway's or a proxy's 404 says that the address is wrong, which must not pass for "the flow is gone".
    if ((from === 'service' || from === 'nobody') && !sandboxCode.test(code)) return new NotFound(failure);
  }
  return new Rejected(failure);
}

/**
 * What was not read to its end is no answer: the end may have said that a title is taken, by what an earlier request of
 * ours made. Where HTTP says neither length nor chunks, a closed connection hides that the body is short; its JSON does not.
 */
function isCutOff({ headers, body }: { headers: Headers; body: string | undefined }): boolean {
  if (body === undefined) return true;
  const toldItsEnd = headers.has('content-length') || headers.has('transfer-encoding');
  return !toldItsEnd && readErrorBody(body).from === 'part';
}

/**
 * Whether a refusal is for a sandbox that AEP does not know. Flow Service has codes for it, such as `FLOW-2100-404`. Of the
 * other services no document shows one, so that what a 404 says of a sandbox is to be held against the list of sandboxes.
 */
export function speaksOfSandbox({
  code = '',
  status,
  title,
  detail,
}: Failure): 'surely' | 'perhaps' | 'nothing' {
  if (unknownSandboxCode.test(code)) return 'surely';
  return status === 404 && /\bsandbox\b/i.test(`${title} ${detail}`) ? 'perhaps' : 'nothing';
}

/** 4xx in name only: nobody says that the request was not carried out. */
const undecided = new Set([408, 425, 499]);
const wrongOrganisation = /^FLOW-200[0-2]-/;
const badTokenCode = /^(401013|FLOW-211[45]-)/;
const sandboxCode = /^FLOW-210\d-/;
const unknownSandboxCode = /(^|-)210[013]-404$/;
const notFoundCode = /^FLOW-(1428|1429|1430|1439)-/;
const titleTakenCode = /^XDM-(1521|3005)-/;
const titleTaken = /title must be unique|title (is )?not unique/i;

/** AEP's two wordings name the one that has the title; the import variant does not. */
function existingId(text: string): string | undefined {
  const named = /\bobject\s+(https?:\/\/\S+?)[\s.,'"]+already exists/i.exec(text)?.[1];
  return (
    named ?? /https?:\/\/[^\s'"]+\/(?:schemas|classes|mixins|fieldgroups|datatypes)\/[\w-]+/i.exec(text)?.[0]
  );
}

function classifyTokenFailure(outcome: Outcome, failure: Failure): AepError {
  if (outcome.kind !== 'refused') return new NotReached(failure);
  if (outcome.status === 429) return new RateLimited(failure);
  const refused = outcome.status >= 400 && outcome.status < 500 && !undecided.has(outcome.status);
  return refused ? new Unauthorized(failure, true) : new NotReached(failure);
}

function describeOutcome(call: string, outcome: Outcome, redact: (text: string) => string): Failure {
  const safe = (text: string | null | undefined) => (text ? redact(text) : undefined);
  if (outcome.kind === 'noAnswer') {
    // Never the error's own text: fetch quotes the header it does not like.
    const code = networkCode(outcome.error);
    const otherwise = outcome.sent ? 'no answer' : 'the request could not be built';
    return { call: redact(call), code, title: networkTitles[code ?? ''] ?? otherwise };
  }
  const { status, headers } = outcome;
  const told = {
    call: redact(call),
    status,
    requestId: safe(headers.get('x-request-id')),
    retryAfterMs: retryAfterMs(headers),
  };
  if (outcome.kind === 'unreadable') {
    return { ...told, code: 'UNREADABLE', title: 'unreadable answer', detail: safe(outcome.problem) };
  }
  if (isCutOff(outcome)) return { ...told, code: 'UNREADABLE', title: 'the answer broke off' };
  const body = readErrorBody(outcome.body ?? '');
  return {
    ...told,
    code: safe(body.code),
    title: safe(body.title),
    detail: safe(body.detail),
    requestId: safe(body.requestId) ?? told.requestId,
  };
}

const networkTitles: Record<string, string> = {
  TIMEOUT: 'no answer in time',
  ABORTED: 'given up',
  ECONNREFUSED: 'connection refused',
  ENOTFOUND: 'host not found',
  ECONNRESET: 'connection reset',
  UND_ERR_SOCKET: 'connection lost',
  UND_ERR_CONNECT_TIMEOUT: 'no connection in time',
};

/** `fetch` hides what happened in the cause of its error. */
function causes(error: unknown) {
  const chain: (Error & { code?: unknown; syscall?: unknown; errors?: unknown })[] = [];
  for (let next = error; next instanceof Error && chain.length < 10; next = next.cause) chain.push(next);
  return chain;
}

function networkCode(error: unknown): string | undefined {
  for (const { code } of causes(error)) if (typeof code === 'string') return code;
  return undefined;
}

const beforeConnection = new Set(['UND_ERR_CONNECT_TIMEOUT', 'ENOTFOUND', 'EAI_AGAIN', 'ECONNREFUSED']);

/** Whether it failed before there was a connection to send anything on. */
function neverConnected(error: unknown): boolean {
  return causes(error).some(({ code, syscall, errors }) => {
    if (Array.isArray(errors) && errors.length > 0) return errors.every(neverConnected);
    return beforeConnection.has(String(code)) || syscall === 'connect' || syscall === 'getaddrinfo';
  });
}

/** However long AEP asks for: a number that is a mistake must not keep a worker silent for days. Milliseconds. */
const longestRetryAfterMs = 3_600_000;

/** Retry-After is in seconds, or a date. */
function retryAfterMs(headers: Headers): number | undefined {
  const value = headers.get('retry-after')?.trim();
  if (!value) return undefined;
  const ms = /^\d+(\.\d+)?$/.test(value) ? Number(value) * 1000 : Date.parse(value) - Date.now();
  return Number.isNaN(ms) ? undefined : Math.min(Math.max(0, Math.round(ms)), longestRetryAfterMs);
}
