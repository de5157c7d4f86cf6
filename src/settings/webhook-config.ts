import { z } from 'zod';

/** Where to send messages, and what signs them. Both are secrets: no error, log line or history may show them. */
export interface Webhook {
  url: string;
  key: string;
}

/** What the environment may hold for each webhook. docs/reference/environment.md is made of it. */
export const webhookVariables = [
  {
    name: 'AEP_WEBHOOK_<NAME>_URL',
    meaning: 'Address of the webhook that definitions call `<name>`: `ON_CALL` is `on-call`.',
  },
  {
    name: 'AEP_WEBHOOK_<NAME>_KEY',
    meaning:
      'Key that signs its messages: `whsec_` and base64, see [setting it up](../watching.md#5-set-it-up).',
  },
];

const webhookVariable = /^AEP_WEBHOOK_([A-Z][A-Z0-9]*(?:_[A-Z0-9]+)*)_(URL|KEY)$/;
/** `fetch` sends nothing to an address with credentials. */
const webhookUrl = z.url({ protocol: /^https?$/ }).refine((text) => {
  if (!URL.canParse(text)) return false;
  const { username, password } = new URL(text);
  return username === '' && password === '';
});
/** Shorter ones can be guessed. Bytes. */
const shortestKey = 24;
const base64Mark = 'whsec_';

/** What signs: the bytes in base64 after `whsec_`, or the key as it is. */
export function secretOf(key: string): Buffer {
  return key.startsWith(base64Mark) ? Buffer.from(key.slice(base64Mark.length), 'base64') : Buffer.from(key);
}

/**
 * What is wrong with a key. The libraries of Standard Webhooks decode whatever they are given as text, and each its own way
 * where it is no standard base64: no key may mean one thing here and another thing there.
 */
function keyProblem(key: string): string | undefined {
  const marked = key.startsWith(base64Mark);
  const text = marked ? key.slice(base64Mark.length) : key;
  if (marked && !isBase64(text))
    return `must be standard base64 after ${base64Mark}: with + and /, not - and _, and with = at its end where that belongs there`;
  if (secretOf(key).length < shortestKey)
    return `must have at least ${shortestKey} characters, or ${shortestKey} bytes in base64 after ${base64Mark}`;
  if (!marked && isBase64(text))
    return `can be read as base64 and as it is: put ${base64Mark} before it, here and at the receiver`;
  return /^[ -~]+$/.test(key) ? undefined : 'must be one line of ASCII characters';
}

function isBase64(text: string): boolean {
  return Buffer.from(text, 'base64').toString('base64') === text;
}

/** `AEP_WEBHOOK_ON_CALL_URL` and `AEP_WEBHOOK_ON_CALL_KEY` are the webhook `on-call`. No problem shows a value. */
export function readWebhooks(env: Record<string, string | undefined>): {
  webhooks: Record<string, Webhook>;
  problems: string[];
} {
  const webhooks: Record<string, Webhook> = {};
  const problems: string[] = [];
  const variables = Object.keys(env).filter((name) => name.startsWith('AEP_WEBHOOK_'));
  const names = new Set<string>();
  for (const variable of variables) {
    const name = webhookVariable.exec(variable)?.[1];
    if (name) names.add(name);
    else problems.push(`${variable} must be AEP_WEBHOOK_<NAME>_URL or AEP_WEBHOOK_<NAME>_KEY`);
  }
  for (const name of names) {
    const address = webhookUrl.safeParse(env[`AEP_WEBHOOK_${name}_URL`]);
    const key = env[`AEP_WEBHOOK_${name}_KEY`];
    if (!address.success)
      problems.push(`AEP_WEBHOOK_${name}_URL must be an http or https address without user and password`);
    const problem = key ? keyProblem(key) : 'is not set';
    if (problem) problems.push(`AEP_WEBHOOK_${name}_KEY ${problem}`);
    if (address.success && key)
      webhooks[name.toLowerCase().replaceAll('_', '-')] = { url: address.data, key };
  }
  return { webhooks, problems };
}
