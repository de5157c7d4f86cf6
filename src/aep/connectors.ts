import { z } from 'zod';
import { orUndefined } from './collection.ts';
import type { Call, Http } from './http.ts';
import { segment } from './http.ts';

/** The Connectors API: the key pairs of AEP by which encrypted files are decrypted. */
export interface Connectors {
  /** When a key pair ends. Epoch seconds; undefined where there is none of this id. */
  keyExpiry(call: Call, publicKeyId: string): Promise<number | undefined>;
}

// A text on Adobe's pages.
const key = z.looseObject({ expiryTime: z.coerce.number().positive() });

export function createConnectors(http: Http): Connectors {
  return {
    async keyExpiry(call, publicKeyId) {
      const path = `/connectors/encryption/keys/${segment(publicKeyId)}`;
      return (await orUndefined(http.send(call, { method: 'GET', path }, key)))?.expiryTime;
    },
  };
}
