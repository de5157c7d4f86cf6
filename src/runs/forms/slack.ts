import type { MessageText } from './text.ts';

type Text = { type: 'plain_text'; text: string; emoji: false };

/** Nothing in it is markup: what AEP, or somebody's name for a dataflow, says can mention nobody and hide no link. */
const plain = (text: string): Text => ({ type: 'plain_text', text, emoji: false });

/**
 * A message for an incoming webhook of Slack, in Block Kit. Its texts are shorter than Slack's limits: 150 characters of a
 * header, 3,000 of a section, 2,000 of each of ten fields.
 */
export function slackMessage({ title, why, next, facts, commands, link, id, at }: MessageText): object {
  return {
    // What notifications show, and the one text that Slack reads as markup.
    text: escaped(why ? `${title}: ${why}` : title),
    unfurl_links: false,
    unfurl_media: false,
    blocks: [
      { type: 'header', text: plain(title) },
      ...(why ? [{ type: 'section', text: plain(why) }] : []),
      { type: 'section', text: plain(next) },
      ...(facts.length > 0
        ? [
            {
              type: 'section',
              fields: facts.slice(0, 10).map(([label, value]) => plain(`${label}\n${value}`)),
            },
          ]
        : []),
      ...(commands.length > 0
        ? [
            {
              type: 'rich_text',
              elements: [
                { type: 'rich_text_preformatted', elements: [{ type: 'text', text: commands.join('\n') }] },
              ],
            },
          ]
        : []),
      ...(link
        ? [
            {
              type: 'rich_text',
              elements: [
                {
                  type: 'rich_text_section',
                  elements: [{ type: 'link', url: link, text: 'Open in Temporal' }],
                },
              ],
            },
          ]
        : []),
      { type: 'context', elements: [plain(`${at}, message ${id}`)] },
    ],
  };
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
