import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { Webhook } from 'standardwebhooks';
import { describe, expect, test } from 'vitest';
import { signatureOf } from '../../src/activities/watch/send-notification.ts';
import { hasPython, pythonWith } from '../support/python.ts';

const run = promisify(execFile);

/** With the signs that only standard base64 has, and with padding. */
const marked = `whsec_${Buffer.alloc(25, 0xfb).toString('base64')}`;
const raw = 'the key that signs: messages-here!';
const body = JSON.stringify({ event: 'failed', flowName: 'Größe 🙂' });
const signed = (key: string) => signatureOf(key, 'msg_1', Math.floor(Date.now() / 1000), body);

describe('a message is taken for genuine by the public libraries of Standard Webhooks', () => {
  test('in JavaScript, by the same string or by the raw key', () => {
    expect(marked).toMatch(/[+/].*=$/);
    expect(new Webhook(marked).verify(body, signed(marked))).toEqual(JSON.parse(body));
    expect(new Webhook(raw, { format: 'raw' }).verify(body, signed(raw))).toEqual(JSON.parse(body));
    expect(() => new Webhook(marked).verify(body, signed(raw))).toThrow();
  });

  test.skipIf(!hasPython)(
    'in Python, by the same string or by the raw key',
    async () => {
      const python = await pythonWith(['standardwebhooks==1.1.0']);
      const script = `
import json, sys
from standardwebhooks.webhooks import Webhook
key, body, headers = json.loads(sys.argv[1])
Webhook(key if key.startswith("whsec_") else key.encode()).verify(body, headers)
print("genuine")
`;
      for (const key of [marked, raw]) {
        const { stdout } = await run(python, ['-c', script, JSON.stringify([key, body, signed(key)])]);
        expect(stdout.trim()).toBe('genuine');
      }
    },
    120_000,
  );
});
