import { styleText } from 'node:util';

type Style = Parameters<typeof styleText>[0];

/** Colours for a stream: none unless it is a terminal that wants them. */
export function painter(stream: NodeJS.WriteStream): (style: Style, text: string) => string {
  const colours = stream.isTTY && !process.env.NO_COLOR;
  return (style, text) => (colours ? styleText(style, text, { validateStream: false }) : text);
}
