/**
 * Patterns with wildcards. Matching takes no longer than pattern times text, whatever they are: a regular expression
 * made of somebody's pattern could take for ever.
 */
const longestPattern = 1000;

/** @throws RangeError where it is too long to be meant. */
function checkLength(pattern: string): void {
  if (pattern.length > longestPattern) throw new RangeError(`is longer than ${longestPattern} characters`);
}

/** `steps` are characters, `*` for part of one segment of a path, and `**` for anything. */
function matches(steps: string[], isStar: boolean[], text: string): boolean {
  // Which steps may come next; a star may also come to nothing.
  let open = new Uint8Array(steps.length + 1);
  const reach = (into: Uint8Array, from: number): void => {
    let at = from;
    into[at] = 1;
    while (isStar[at] === true) into[(at += 1)] = 1;
  };
  reach(open, 0);
  for (const char of text) {
    const next = new Uint8Array(steps.length + 1);
    for (let at = 0; at < steps.length; at += 1) {
      if (open[at] === 0) continue;
      const step = steps[at];
      if (isStar[at] !== true) {
        if (step === char) reach(next, at + 1);
      } else if (step === '**' || char !== '/') reach(next, at);
    }
    open = next;
  }
  return open[steps.length] === 1;
}

/** A test for texts in which `*` stands for anything. */
export function anyWildcard(pattern: string): (text: string) => boolean {
  checkLength(pattern);
  const steps = Array.from(pattern).map((char) => (char === '*' ? '**' : char));
  const isStar = steps.map((step) => step === '**');
  return (text) => matches(steps, isStar, text);
}

/**
 * A test for paths: `*` stands for part of one segment, `**` for anything, `{a,b}` for either of them.
 * @throws RangeError that says what is wrong with the pattern.
 */
export function pathPattern(pattern: string): (path: string) => boolean {
  checkLength(pattern);
  if (pattern.startsWith('^'))
    throw new RangeError('is no regular expression: * is part of a segment, ** anything, {a,b} either');
  if (!/^[/*{]/.test(pattern)) throw new RangeError('begins with no /, as in /flowservice/flows');
  if (pattern.startsWith('/data/foundation'))
    throw new RangeError('is what follows /data/foundation, such as /flowservice/flows');
  const tests = alternatives(pattern.replace(/(?<=.)\/$/, '')).map((one) => {
    const steps: string[] = one.match(/\*\*|\*|[^]/gu) ?? [];
    const isStar = steps.map((step) => step === '*' || step === '**');
    // What stands before the first star tells most paths apart, at once.
    const [literal = ''] = one.split('*', 1);
    if (literal === one) return (path: string) => path === one;
    return (path: string) => path.startsWith(literal) && matches(steps, isStar, path);
  });
  return (path) => tests.some((test) => test(path));
}

const mostAlternatives = 100;

/** The patterns that one with braces stands for. */
function alternatives(pattern: string): string[] {
  let found = [''];
  for (const part of pattern.split(/(\{[^{}]*\})/)) {
    const choices = part.startsWith('{') && part.endsWith('}') ? part.slice(1, -1).split(',') : [part];
    if (choices.some((choice) => /[{}]/.test(choice))) throw new RangeError('has braces that do not close');
    found = found.flatMap((start) => choices.map((choice) => start + choice));
    if (found.length > mostAlternatives)
      throw new RangeError(`stands for more than ${mostAlternatives} patterns`);
  }
  return found;
}
