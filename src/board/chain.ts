import { html } from 'hono/html';
import type { FullProgress, HistoryEntry } from '../client.ts';
import { cut } from '../cut.ts';
import { resources, titleOf } from '../resources/index.ts';
import { kinds, type Kind, type ResourceIds } from '../resources/kinds.ts';
import type { Html } from './layout.ts';

type ChainKind = Kind | 'baseConnection';

/** What a dataflow is made of, with AEP's ids as far as they are known. */
export interface Link {
  kind: ChainKind;
  title: string;
  id?: string;
}

/**
 * @param steps of the newest create or update, which may have failed, or be at it just now
 * @param flowId of the flow that lives: a later flow may have taken the place of the one in `steps`
 * @param history what was done before, oldest first: of what a failed update never reached, it knows the ids
 */
export function chainOf(
  steps: FullProgress['steps'],
  flowId: string | undefined,
  history: readonly HistoryEntry[] = [],
): Link[] {
  const known: readonly string[] = ['baseConnection', ...kinds];
  const lives = flowId !== undefined;
  const before = lives ? madeBefore(history) : {};
  const links: Link[] = steps
    .filter(({ step }) => known.includes(step))
    .flatMap(({ step, id: ofStep, state }) => {
      const kind = step as ChainKind;
      const id = ofStep ?? (kind === 'baseConnection' ? undefined : before[kind]);
      if (id !== undefined) return [{ kind, title: titleOf(kind), id }];
      // Where a flow lives, all of its chain is there: what has no id here is not known, rather than not there yet.
      return state === 'waiting' && !lives ? [{ kind, title: titleOf(kind) }] : [];
    });
  const rest = links.filter(({ kind }) => kind !== 'flow');
  const flow = links.find(({ kind }) => kind === 'flow');
  const id = flowId ?? flow?.id;
  if (id === undefined) return flow ? [...rest, flow] : rest;
  return [...rest, { kind: 'flow', title: titleOf('flow'), id }];
}

/** What an update that failed has made is no part of the flow that goes on; what a failed create has made, the next one takes. */
function madeBefore(history: readonly HistoryEntry[]): ResourceIds {
  let made: ResourceIds = {};
  for (const { what, status, made: more } of history) {
    if (what === 'delete' && status === 'completed') made = {};
    else if (what === 'create' || status === 'completed') made = { ...made, ...more };
  }
  return made;
}

const [width, height, gapX, gapY] = [200, 46, 44, 14];
const longestId = 26;

/** The chain as a picture: what refers to what, from left to right. */
export function chainPicture(chain: readonly Link[]): Html {
  const columns = [...new Set(chain.map(({ kind }) => depthOf(kind, chain)))].toSorted((a, b) => a - b);
  const placed = chain.map((link) => {
    const depth = depthOf(link.kind, chain);
    const above = chain.slice(0, chain.indexOf(link)).filter(({ kind }) => depthOf(kind, chain) === depth);
    return { ...link, x: columns.indexOf(depth) * (width + gapX), y: above.length * (height + gapY) };
  });
  const right = Math.max(...placed.map(({ x }) => x)) + width + 2;
  const bottom = Math.max(...placed.map(({ y }) => y)) + height + 2;
  const at = (kind: ChainKind) => placed.find((one) => one.kind === kind);
  const arrows = placed.flatMap((to) =>
    needsOf(to.kind).flatMap((need) => {
      const from = at(need);
      return from ? [arrow(from, to)] : [];
    }),
  );
  return html`<svg
    class="chain"
    role="img"
    aria-label="What the dataflow is made of: ${chain.map(({ title }) => title).join(', ')}"
    viewBox="-1 -1 ${right} ${bottom}"
    width="${right}"
    height="${bottom}"
    font-family="sans-serif"
    font-size="13"
  >
    ${arrows}
    ${placed.map(
      ({ x, y, title, id }) =>
        html`<g>
          <title>${title}${id === undefined ? '' : `: ${id}`}</title>
          <rect
            class="node"
            x="${x}"
            y="${y}"
            width="${width}"
            height="${height}"
            rx="6"
            fill="#f4f6f8"
            stroke="#8a94a0"
          />
          <text class="ink" x="${x + 10}" y="${y + 19}" fill="#1b2733">${title}</text>
          <text
            class="faint"
            x="${x + 10}"
            y="${y + 36}"
            fill="#55616e"
            font-family="monospace"
            font-size="11"
          >
            ${id === undefined ? 'not there yet' : shortId(id)}
          </text>
        </g>`,
    )}
  </svg>`;
}

function arrow(from: { x: number; y: number }, to: { x: number; y: number }): Html {
  const [x1, y1] = [from.x + width, from.y + height / 2];
  const [x2, y2] = [to.x, to.y + height / 2];
  const middle = x2 - gapX / 2;
  return html`<path class="line" d="M${x1} ${y1} H${middle} V${y2} H${x2}" fill="none" stroke="#8a94a0" />`;
}

/** The end of an id tells more than its beginning: schemas have addresses for ids. */
function shortId(id: string): string {
  return id.length <= longestId ? id : `…${cut(id.slice(1 - longestId), longestId)}`;
}

function needsOf(kind: ChainKind): readonly ChainKind[] {
  if (kind === 'baseConnection') return [];
  const { needs } = resources[kind];
  return kind === 'sourceConnection' ? ['baseConnection', ...needs] : needs;
}

function depthOf(kind: ChainKind, chain: readonly Link[]): number {
  const needs = needsOf(kind).filter((need) => chain.some((one) => one.kind === need));
  return needs.length === 0 ? 0 : 1 + Math.max(...needs.map((need) => depthOf(need, chain)));
}
