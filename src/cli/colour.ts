import * as util from 'node:util';

export const colourChoices = ['always', 'never', 'auto'] as const;

/** Node has it from 20.12 on: before that, nothing is coloured. */
type Style = (style: string, text: string, options: { validateStream: boolean }) => string;
const styleText = (util as { styleText?: Style }).styleText ?? ((_style: string, text: string) => text);

const green = ['ok', 'held', '+'];
const yellow = ['degraded', 'overdue', 'stuck', 'paused', '~', '-/+'];
const red = ['failed', 'unreadable', 'not', '-', '!'];
const styles = new Map([
  ...green.map((word) => [word, 'green'] as const),
  ...yellow.map((word) => [word, 'yellow'] as const),
  ...red.map((word) => [word, 'red'] as const),
]);
const oneOf = (words: readonly string[]) =>
  words.map((word) => word.replaceAll(/[+/]/g, String.raw`\$&`)).join('|');
const signs = ['+', '~', '-/+', '-', '!'];
const words = [...styles.keys()].filter((word) => !signs.includes(word));
/** A verdict that a line begins with or that is a cell of a table, and the sign that a line of a plan begins with. */
const marks = new RegExp(
  [`^ *(?:${oneOf(signs)})(?= )`, `(?:^|(?<=  ))(?:${oneOf(words)})(?=$| since |: flow |  )`].join('|'),
  'gm',
);

/** Verdicts and the signs of plans in colours: what else stands there keeps that of the terminal. */
export function coloured(text: string): string {
  return text.replaceAll(marks, (mark) =>
    styleText(styles.get(mark.trim()) ?? 'reset', mark, { validateStream: false }),
  );
}

/** Whether somebody reads this who wants colours. @param choice `--color`, as the Temporal CLI has it */
export function wantsColours(
  choice: (typeof colourChoices)[number],
  { isTTY = false }: { isTTY?: boolean },
  env: NodeJS.ProcessEnv,
): boolean {
  if (choice !== 'auto') return choice === 'always';
  return isTTY && !env['NO_COLOR'] && env['TERM'] !== 'dumb';
}
