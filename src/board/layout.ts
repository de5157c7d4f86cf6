import { html, raw } from 'hono/html';

/** Markup: what is put into it is escaped, unless it is markup itself. */
export type Html = ReturnType<typeof html>;

/** A part of a page that is sent anew, alone, when it is another one. */
export interface Section {
  id: string;
  /** Its heading: who listens to a page goes from heading to heading. */
  title?: string;
  body: Html;
}

export interface Page {
  title: string;
  /** How things are, in a line: read out when it is another one. */
  said?: string;
  sections: Section[];
  /** HTTP status. Default: 200. */
  status?: 404;
}

/** What a page is put into. */
export interface Frame {
  /** Where the events come from that tell what is new. Absent: nothing is. */
  live?: string;
  /** What has just been done, or why not. */
  notice?: Notice | undefined;
}

export interface Notice {
  text: string;
  isBad: boolean;
}

/** The page as a document that asks for what is new. */
export function inFrame({ title, sections }: Page, { live, notice }: Frame): Html {
  return html`<!doctype html>
    <html lang="en">
      <head>
        ${head(title)}
        <link rel="stylesheet" href="/board.css" />
        <script src="/board.js" defer></script>
      </head>
      <body data-live="${live ?? ''}">
        <a class="skip" href="#main">Skip to the content</a>
        <header><a href="/">All dataflows</a></header>
        <main id="main">
          <h1>${title}</h1>
          ${notice ? html`<p class="notice ${notice.isBad ? 'bad' : 'good'}" role="alert">${notice.text}</p>` : ''}
          <p id="away" class="notice bad" role="alert" hidden>
            Temporal or the board does not answer: what is here is how things were.
          </p>
          <p id="said" class="unseen" role="status"></p>
          <div id="sections">${sections.map(sectionOf)}</div>
        </main>
      </body>
    </html>`;
}

/** The page as a file by itself: it asks nobody for anything. */
export function asFile({ title, sections }: Page, style: string): Html {
  return html`<!doctype html>
    <html lang="en">
      <head>
        ${head(title)}
        <meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'" />
        <style>
          ${raw(style)}
        </style>
      </head>
      <body>
        <main>
          <h1>${title}</h1>
          ${sections.map(sectionOf)}
        </main>
      </body>
    </html>`;
}

function head(title: string): Html {
  return html`<meta charset="utf-8" />
    <meta name="viewport" content="width=device-width, initial-scale=1" />
    <meta name="color-scheme" content="light dark" />
    <title>${title} – AEP dataflows</title>`;
}

/** A part with its heading. What is new replaces what is in the element that has its id. */
export function sectionOf({ id, title, body }: Section): Html {
  const heading = title === undefined ? '' : html`<h2 id="${id}-title">${title}</h2>`;
  const label = title === undefined ? '' : raw(`aria-labelledby="${id}-title"`);
  return html`<section class="of-${id}" ${label}>
    ${heading}
    <div id="${id}">${body}</div>
  </section>`;
}
