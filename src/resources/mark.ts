import { namedBy, workflowId } from '../definition/identity.ts';
import { workflowIdProblem } from '../definition/text.ts';
import { isObject } from '../definition/plain-json.ts';
import type { Kind } from './kinds.ts';

/** What says that a resource belongs to a dataflow. Stored on the resource, so that one whose answer was lost is found again. */
export interface Mark {
  /** `<sandbox>/<name>` of the dataflow. */
  dataflow: string;
  /** Drawn anew for each request: eight lower-case letters and digits. */
  nonce: string;
}

/** People see marks in AEP's UI, so they are a sentence and not a code. */
const intro = 'Managed by aep-dataflows: ';
const written = /^Managed by aep-dataflows: (.+) #([a-z0-9]{8})$/;
const tagged = /^(.+)#([a-z0-9]{8})$/;

/** The mark as the line that stands in a description or is a mapping set's name. */
export function formatMark(mark: Mark): string {
  return `${intro}${mark.dataflow} #${mark.nonce}`;
}

/**
 * The mark at the end of a text. Only what comes last counts, so that a description which quotes another
 * dataflow's mark is not taken for its resource; white space after it, and a line break lost on the way, do no harm.
 */
export function parseMark(text: unknown): Mark | undefined {
  if (typeof text !== 'string') return undefined;
  const last = text.slice(text.lastIndexOf(intro)).trimEnd();
  return markIn(written.exec(last));
}

/** What no dataflow can be called was written by somebody else, and to ask Temporal for it would fail for ever. */
function markIn(match: RegExpExecArray | null): Mark | undefined {
  if (!match) return undefined;
  const mark = { dataflow: match[1]!, nonce: match[2]! };
  return workflowIdProblem(workflowId(namedBy(mark.dataflow))) ? undefined : mark;
}

/** A description with the mark as its last line. */
export function withMark(description: unknown, mark: Mark): string {
  const line = formatMark(mark);
  return typeof description === 'string' && description !== '' ? `${description}\n${line}` : line;
}

/** The description without the mark. */
export function withoutMark(description: string): string {
  if (!parseMark(description)) return description;
  return description.slice(0, description.lastIndexOf(intro)).trimEnd();
}

/** The tag that marks datasets. Tags that begin with `adobe/` are Adobe's. */
export const markTag = 'aepDataflows';

/** The mark as the value of a dataset's tag. */
export function formatTag(mark: Mark): string {
  return `${mark.dataflow}#${mark.nonce}`;
}

/** The mark among a dataset's tags. */
export function parseTags(tags: unknown): Mark | undefined {
  const values = isObject(tags) ? tags[markTag] : undefined;
  for (const value of Array.isArray(values) ? values : [values]) {
    const mark = typeof value === 'string' ? markIn(tagged.exec(value)) : undefined;
    if (mark) return mark;
  }
  return undefined;
}

/** What a person does in AEP so that a resource carries a mark again. */
export function howToMark(kind: Kind, mark: Mark): string {
  return kind === 'dataset'
    ? `To put it back, give it the tag "${markTag}" with the value "${formatTag(mark)}"`
    : `To put it back, make this the last line of its description: "${formatMark(mark)}"`;
}
