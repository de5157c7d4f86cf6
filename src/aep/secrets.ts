/** Takes what must stay secret out of texts that others wrote: AEP's errors may quote what they were sent. */
export interface Secrets {
  /** A token to hide from now on. The last ones are remembered: a request may be under way with an older one. */
  add: (token: string) => void;
  /** @param more to hide in this text alone. */
  redact: (text: string, more?: readonly string[]) => string;
}

const hidden = '[redacted]';
const rememberedTokens = 5;
/** A token or password that is not ours, or that was cut short in an error text. */
const looksSecret =
  /\bBearer\s+[^\s"'<>]{16,}|\bBasic\s+[A-Za-z0-9+/_-]{16,}={0,2}|\beyJ[\w-]{8,}(?:\.[\w-]*)*/g;

/** Shorter ones are parts of other words: they are hidden where they stand alone. Characters. */
const shortest = 6;
/** A line of a key has 64. Shorter ones are found wherever texts are. Characters. */
const shortestLine = 16;

/** A secret as it may stand in a text. */
interface Forms {
  /** Whatever stands around them. */
  anywhere: string[];
  /** Only where no letter or digit is next to them. */
  alone: string[];
  /** The middle of some base64: all of that is hidden. */
  inBase64: string[];
}

/** @param clientSecret hidden for as long as the process lives */
export function createSecrets(clientSecret: string): Secrets {
  const own = formsOf(clientSecret);
  let tokens: Forms[] = [];
  return {
    add(token) {
      tokens = [...tokens, formsOf(token)].slice(-rememberedTokens);
    },
    redact(text, more = []) {
      const all = [own, ...tokens, ...more.map(formsOf)];
      const { anywhere, alone, inBase64 } = {
        anywhere: longestFirst(all.flatMap((forms) => forms.anywhere)),
        alone: longestFirst(all.flatMap((forms) => forms.alone)),
        inBase64: longestFirst(all.flatMap((forms) => forms.inBase64)),
      };
      const withoutBase64 = inBase64.reduce(hideBase64Around, text);
      const without = anywhere.reduce((rest, form) => rest.replaceAll(form, hidden), withoutBase64);
      return alone.reduce(hideWord, without).replace(looksSecret, hidden);
    },
  };
}

/** One may be a part of another. */
function longestFirst(forms: readonly string[]): string[] {
  return [...new Set(forms)].sort((a, b) => b.length - a.length);
}

function formsOf(secret: string): Forms {
  if (secret === '') return { anywhere: [], alone: [], inBase64: [] };
  if (secret.length < shortest) return { anywhere: [], alone: spellingsOf(secret), inBase64: [] };
  return {
    anywhere: [secret, ...linesOf(secret)].flatMap(spellingsOf),
    alone: [],
    inBase64: middlesInBase64(secret),
  };
}

/** Of a key in several lines any may be quoted alone. Inside JSON line breaks are two characters. */
function linesOf(secret: string): string[] {
  const lines = secret.split(/\r?\n|\\n/);
  if (lines.length === 1) return [];
  return lines
    .map((line) => line.trim())
    .filter((line) => line.length >= shortestLine && !line.startsWith('-----'));
}

/** As it is, in an address, in a form, in a page; and each of these inside JSON. */
function spellingsOf(text: string): string[] {
  const inAddress = encodeURIComponent(text);
  const inForm = new URLSearchParams([['', text]]).toString().slice(1);
  const inPage = text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
  const spellings = [
    text,
    inAddress,
    inForm,
    inAddress.replaceAll(/%../g, (code) => code.toLowerCase()),
    inPage,
    ...[
      ['&quot;', '&#39;'],
      ['&#34;', '&#39;'],
      ['&quot;', '&#x27;'],
      ['&quot;', '&apos;'],
    ].map(([double = '', single = '']) => inPage.replaceAll('"', double).replaceAll("'", single)),
  ];
  return [...new Set(spellings.flatMap((spelling) => [spelling, ...inJson(spelling)]))];
}

/** Some libraries write more characters as escapes than they must. */
function inJson(text: string): string[] {
  const written = JSON.stringify(text).slice(1, -1);
  const code = (character: string) => character.charCodeAt(0).toString(16).padStart(4, '0');
  const escaped = (spelt: (digits: string) => string) =>
    written.replaceAll(/[&<>'=+]/g, (character) => `\\u${spelt(code(character))}`);
  const digits = [(lower: string) => lower, (lower: string) => lower.toUpperCase()];
  return [written, written.replaceAll('/', '\\/'), ...digits.map(escaped)];
}

/**
 * What base64 has of it whatever stands before and after, such as `user:`: where it begins makes three of them, and the
 * characters at its ends, which hold bits of others too, are left out.
 */
function middlesInBase64(secret: string): string[] {
  return [0, 1, 2].flatMap((before) => {
    const bytes = Buffer.concat([Buffer.alloc(before), Buffer.from(secret)]);
    const first = Math.ceil((before * 8) / 6);
    const middle = bytes.toString('base64').slice(first, Math.floor((bytes.length * 8) / 6));
    return [middle, middle.replaceAll('+', '-').replaceAll('/', '_')];
  });
}

const base64Character = /[A-Za-z0-9+/_=-]/;

/** Hides each base64 text that has this in it. */
function hideBase64Around(text: string, middle: string): string {
  let rest = '';
  let from = 0;
  for (let at = text.indexOf(middle); at >= 0; at = text.indexOf(middle, from)) {
    let begin = at;
    while (begin > from && base64Character.test(text[begin - 1]!)) begin -= 1;
    let end = at + middle.length;
    while (end < text.length && base64Character.test(text[end]!)) end += 1;
    rest += text.slice(from, begin) + hidden;
    from = end;
  }
  return rest + text.slice(from);
}

/** Hides it where it is a word of its own. */
function hideWord(text: string, word: string): string {
  const literally = word.replaceAll(/[\\^$.*+?()[\]{}|/]/g, String.raw`\$&`);
  return text.replaceAll(new RegExp(String.raw`(?<![\p{L}\p{N}])${literally}(?![\p{L}\p{N}])`, 'gu'), hidden);
}
