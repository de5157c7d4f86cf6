import { cut } from '../cut.ts';

/** What is known about a call that did not succeed. Texts are AEP's own, with secrets taken out. */
export interface Failure {
  /** Method and path below `/data/foundation`, such as `POST /flowservice/flows`. */
  call: string;
  /** HTTP status, where AEP answered at all. */
  status?: number | undefined;
  /** AEP's own code (`FLOW-1367-400`, `403003`), else the network's (`ECONNRESET`), `TIMEOUT`, `ABORTED` or `UNREADABLE`. */
  code?: string | undefined;
  title?: string | undefined;
  /** At most `detailLimit` characters. */
  detail?: string | undefined;
  requestId?: string | undefined;
  /** How long AEP asks us to wait, in milliseconds. */
  retryAfterMs?: number | undefined;
}

const detailLimit = 2_000;
const shortLimit = 200;

/** Every way in which a call to AEP can end badly is one of the subclasses. */
export abstract class AepError extends Error {
  readonly call: string;
  // Only declared: a field that is not known is not there at all, as errors are written into histories as JSON.
  declare readonly status?: number;
  declare readonly code?: string;
  declare readonly title?: string;
  declare readonly detail?: string;
  declare readonly requestId?: string;
  declare readonly retryAfterMs?: number;
  /** For a create: `no` means that AEP surely made nothing and the request may be sent again as it is. */
  abstract readonly created: 'no' | 'unknown';

  /** @param nextStep what a person who reads the message can do */
  constructor(failure: Failure, nextStep?: string) {
    const { call, status, retryAfterMs } = failure;
    const code = short(failure.code, shortLimit);
    const title = short(failure.title, shortLimit);
    const detail = short(failure.detail, detailLimit);
    const requestId = short(failure.requestId, shortLimit);
    const message = describe({ call, status, code, title, detail, requestId });
    super(nextStep === undefined ? message : `${message.replace(/\.$/, '')}. ${nextStep}`);
    this.call = call;
    if (status !== undefined) this.status = status;
    if (code !== undefined) this.code = code;
    if (title !== undefined) this.title = title;
    if (detail !== undefined) this.detail = detail;
    if (requestId !== undefined) this.requestId = requestId;
    if (retryAfterMs !== undefined) this.retryAfterMs = retryAfterMs;
  }
}

/** The request never reached AEP: no connection, no name resolution, or no token to be had just now. Worth another try. */
export class NotReached extends AepError {
  override readonly name = 'NotReached';
  readonly created = 'no';

  constructor(
    failure: Failure,
    nextStep = "Nothing was sent. Check AEP's and IMS's addresses, and the network.",
  ) {
    super(failure, nextStep);
  }
}

/** AEP or IMS does not accept our credentials, or what they may do. */
export class Unauthorized extends AepError {
  override readonly name = 'Unauthorized';
  readonly created = 'no';
  /** False for a token that was refused twice (a newer one may be taken); true where only a human can help. */
  readonly permanent: boolean;

  constructor(failure: Failure, permanent: boolean) {
    super(
      failure,
      'Check the client id and secret, the organisation, the scopes, and what this client may do in the sandbox.',
    );
    this.permanent = permanent;
  }
}

/** Too many requests. `retryAfterMs` is set where AEP said how long to wait. */
export class RateLimited extends AepError {
  override readonly name = 'RateLimited';
  readonly created = 'no';
}

/** AEP refused the request for good: sent again, it would be refused again. */
export class Rejected extends AepError {
  override readonly name: string = 'Rejected';
  readonly created = 'no';
}

/** What the request is about is not there. */
export class NotFound extends Rejected {
  override readonly name = 'NotFound';
}

/** AEP does not know the sandbox, or this client may not see it. */
export class UnknownSandbox extends Rejected {
  override readonly name = 'UnknownSandbox';
  readonly sandbox: string;
  /** The sandboxes that this client may use. Missing where AEP did not say. */
  declare readonly known?: string[];

  constructor(failure: Failure, sandbox: string, known: string[] | undefined) {
    super(failure);
    this.sandbox = sandbox;
    if (known !== undefined) this.known = known;
  }
}

/** A schema, class or field group of this title exists. */
export class TitleTaken extends Rejected {
  override readonly name = 'TitleTaken';
  /** The `$id` of the one that has the title. Missing where AEP did not name it: then search by title. */
  declare readonly existingId?: string;

  constructor(failure: Failure, existingId: string | undefined) {
    super(failure);
    if (existingId !== undefined) this.existingId = existingId;
  }
}

/** Anything else, so nobody knows whether AEP did what it was asked: 5xx, reset, time-out, abort, an unreadable answer. */
export class Unavailable extends AepError {
  override readonly name = 'Unavailable';
  readonly created = 'unknown';
}

function describe({ call, status, code, title, detail, requestId }: Failure): string {
  const outcome = [status, code].filter((part) => part !== undefined).join(' ');
  const text = [...new Set([title, detail])].filter((part) => part !== undefined).join(': ');
  const what = [outcome, text].filter((part) => part !== '').join(' ');
  return `${call} failed: ${what || 'no reason given'}${requestId === undefined ? '' : ` (request id ${requestId})`}`;
}

function short(text: string | undefined, limit: number): string | undefined {
  const trimmed = text?.trim();
  return trimmed ? cut(trimmed, limit) : undefined;
}
