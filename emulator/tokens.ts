/** Access tokens: opaque, good for the client they were issued to, in real time. */
import { newHex } from './ids.ts';

type Token = { clientId: string; expiresAt: number };

export class Tokens {
  readonly #live = new Map<string, Token>();

  issue(clientId: string, lifeSeconds: number): string {
    const token = `emulator.${newHex(32)}`;
    this.#live.set(token, { clientId, expiresAt: Date.now() + lifeSeconds * 1000 });
    return token;
  }

  /** The client a token belongs to, if it is still good. */
  clientOf(token: string): string | undefined {
    const known = this.#live.get(token);
    return known !== undefined && known.expiresAt > Date.now() ? known.clientId : undefined;
  }

  revokeAll(): void {
    this.#live.clear();
  }
}
