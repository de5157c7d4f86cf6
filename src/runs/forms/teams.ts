import type { MessageText } from './text.ts';

/** A message for the Workflows app of Teams: an Adaptive Card of the version that Teams knows everywhere. Below 28 KB. */
export function teamsMessage(text: MessageText): object {
  return {
    type: 'message',
    attachments: [
      { contentType: 'application/vnd.microsoft.card.adaptive', contentUrl: null, content: cardOf(text) },
    ],
  };
}

function cardOf({ title, why, next, facts, commands, link, id, at }: MessageText): object {
  return {
    type: 'AdaptiveCard',
    $schema: 'http://adaptivecards.io/schemas/adaptive-card.json',
    version: '1.4',
    fallbackText: title,
    body: [
      // Runs of text, not text blocks: those read Markdown, and what AEP says is none of ours.
      runs([{ text: title, size: 'Large', weight: 'Bolder' }]),
      ...(why ? paragraphs(why) : []),
      ...paragraphs(next),
      ...facts.map(([label, value]) => runs([{ text: `${label}: `, weight: 'Bolder' }, { text: value }])),
      ...commands.map((command) => runs([{ text: command, fontType: 'Monospace' }])),
      runs([{ text: `${at}, message ${id}`, isSubtle: true, size: 'Small' }]),
    ],
    ...(link ? { actions: [{ type: 'Action.OpenUrl', title: 'Open in Temporal', url: link }] } : {}),
  };
}

interface Run {
  text: string;
  size?: 'Large' | 'Small';
  weight?: 'Bolder';
  fontType?: 'Monospace';
  isSubtle?: true;
}

function runs(inlines: Run[]): object {
  return { type: 'RichTextBlock', inlines: inlines.map((run) => ({ type: 'TextRun', ...run })) };
}

function paragraphs(text: string): object[] {
  return text
    .split('\n')
    .filter(Boolean)
    .map((line) => runs([{ text: line }]));
}
