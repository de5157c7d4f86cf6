import type { MessageText } from './text.ts';

/** An e-mail as far as it is ours: what it says. */
export interface Email {
  subject: string;
  text: string;
  /** The same however often it is sent. */
  messageId: string;
}

/** Plain text: it can be read everywhere, and a command can be copied as it is. */
export function emailOf({ title, why, next, facts, commands, link, id, at }: MessageText): Email {
  const parts = [
    why ?? title,
    next,
    facts.map(([label, value]) => `${label}: ${value}`).join('\n'),
    commands.map((command) => `  ${command}`).join('\n'),
    link ?? '',
    `${at}, message ${id}`,
  ];
  return {
    subject: title,
    text: `${parts.filter(Boolean).join('\n\n')}\n`,
    messageId: `<${id}@aep-dataflows.invalid>`,
  };
}
