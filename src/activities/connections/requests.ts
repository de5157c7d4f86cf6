import type { AuthRequest } from './credentials.ts';

/** A base connection that is made or changed. */
export interface ConnectionRequest extends AuthRequest {
  giveUpAfterMs?: number | undefined;
}

/** One that is there. */
export interface ConnectionThere {
  sandbox: string;
  id: string;
  name: string;
  giveUpAfterMs?: number | undefined;
}
