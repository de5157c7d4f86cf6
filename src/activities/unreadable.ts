import { ApplicationFailure } from '@temporalio/activity';

/** A watch outlives every outage, and credentials that were refused: it goes on asking, and says why it knows nothing. */
export function unreadable(what: string, error: unknown, pauseMs: number): ApplicationFailure {
  const reason = error instanceof Error ? error.message : String(error);
  return ApplicationFailure.create({
    type: error instanceof Error ? error.name : 'Error',
    message: `Cannot read ${what}: ${reason}`,
    nextRetryDelay: Math.ceil(pauseMs),
  });
}

/** A pause of about that long, so that many do not come back at once. Milliseconds. */
export function jittered(pauseMs: number): number {
  return pauseMs * (0.8 + Math.random() * 0.4);
}
