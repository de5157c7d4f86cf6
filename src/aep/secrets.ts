/** Takes what must stay secret out of texts that others wrote: AEP's errors may quote what they were sent. */
export interface Secrets {
  /** A token to hide from now on. The last ones are remembered: a request may be under way with an older one. */
  add: (token: string) => void;
  /** @param more to hide in this text alone. */
  redact: (text: string, more?: readonly string[]) => string;
}

const hidden = '[redacted]';
const remembered = 20;
/** A token that is not ours, or that was cut short in an error text. */
const looksSecret = /\bBearer\s+[^\s"'<>]{16,}|\beyJ[\w-]{8,}(?:\.[\w-]*)*/g;

/** @param clientSecret hidden for as long as the process lives */
export function createSecrets(clientSecret: string): Secrets {
  const own = formsOf(clientSecret);
  let tokens: string[] = [];
  return {
    add(token) {
      tokens = [...tokens, ...formsOf(token)].slice(-remembered);
    },
    redact: (text, more = []) =>
      [...own, ...tokens, ...more.flatMap(formsOf)]
        // The longest first: one may be a part of another.
        .sort((a, b) => b.length - a.length)
        .reduce((rest, secret) => rest.replaceAll(secret, hidden), text)
        .replace(looksSecret, hidden),
  };
}

/** A secret as it may stand in a text: as it is, inside JSON, in an address, in a form. */
function formsOf(secret: string): string[] {
  const inForm = new URLSearchParams([['', secret]]).toString().slice(1);
  const forms = [secret, JSON.stringify(secret).slice(1, -1), encodeURIComponent(secret), inForm];
  return [...new Set(forms)].filter((form) => form !== '');
}
