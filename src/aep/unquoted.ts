import { AepError, NotFound, Rejected, Unavailable, UnknownSandbox } from './errors.ts';

/**
 * A source may quote the credentials that it refuses, which nobody here knows by their look, and what is told of a call stays
 * in histories: of what AEP hands on only the code is told.
 */
export function unquoted(error: unknown): unknown {
  if (!(error instanceof AepError) || error instanceof UnknownSandbox) return error;
  const { call, status, code, requestId, retryAfterMs } = error;
  const title = 'what the source says is not told here, since it may quote credentials';
  const failure = { call, status, code, title, requestId, retryAfterMs };
  if (error instanceof NotFound) return new NotFound(failure);
  if (error instanceof Rejected) return new Rejected(failure);
  return error instanceof Unavailable ? new Unavailable(failure) : error;
}
