import type { Definition } from '../definition/definition.ts';
import type { Problem, Warning } from '../definition/problems.ts';
import { startProblem } from '../definition/start.ts';
import { conflict, decide, type Conflict } from '../resources/decide.ts';
import { resources } from '../resources/index.ts';
import { kinds, type Kind } from '../resources/kinds.ts';
import { howToMark } from '../resources/mark.ts';
import type { Edit, JsonObject, Observed } from '../resources/resource.ts';
import { missingFlow, unseenPart } from './choices-of.ts';
import { differencesOf, type Besides } from './differences-of.ts';
import type { Action, Change, Choice, Choices, Step } from './plan.ts';
import { isDraft } from './which-flow.ts';

/** A step, and what it means for the plan as a whole. */
export interface Stepped {
  step: Step<Kind>;
  /** What would be asked for of one that is to be made. */
  body?: JsonObject;
  /** What is changed in place. */
  edits?: Edit[];
  conflict?: Conflict;
  problem?: Problem;
  warning?: Warning;
  choice?: Choice;
  /** What stays of it that the definition leaves out. */
  besides?: Besides[];
}

/** What one step is made from. */
export interface Asked {
  kind: Kind;
  definition: Definition;
  /** `<sandbox>/<name>` */
  dataflow: string;
  /** What would be asked for, with the ids of what is there. */
  body: JsonObject;
  /** The kinds that must be there first. */
  needs: Kind[];
  /** Epoch milliseconds. */
  now: number;
  /** Fields of the definition in which a difference does not count. */
  mask: readonly string[];
  /** The ids of what earlier runs made or adopted. */
  noted?: ReadonlySet<string> | undefined;
}

/** What stands in a body for the id of what is not made yet: it is equal to no id. */
export const notMadeYet = (kind: Kind): string => `(the new ${resources[kind].title})`;
const allNotMadeYet: ReadonlySet<unknown> = new Set(kinds.map(notMadeYet));

/** Whether a change is only that another resource is replaced, which that one's own step tells. */
function isOfReference(change: Change): boolean {
  return 'to' in change && allNotMadeYet.has(change.to);
}
/** What becomes of a draft that is as the definition asks for. */
export const publishes = 'Made as a draft: it is published, which enables it';

/**
 * What becomes of a part of the living flow.
 * @param there all that was found of its kind.
 */
export function stepOfLiving(
  asked: Asked,
  part: Observed | undefined,
  there: readonly Observed[] = [],
): Stepped {
  const { kind, definition, body, dataflow, now, mask } = asked;
  const { title, insteadOfSecond } = resources[kind];
  if (!part) return stepped(asked, 'create', `The living flow has no ${title} any more`);
  const { id } = part;
  // What Data Prep has kept no name of may be ours.
  const isOurs = part.mark ? part.mark.dataflow === dataflow : kind === 'mappingSet' && !part.name;
  const { changes, edits, fixed, masked, besides } = differencesOf(kind, definition, body, part, {
    now,
    mask,
    isOurs,
  });
  const about = { id, masked };
  if (!isOurs && wasGiven(asked, part)) {
    const { field = kind } = resources[kind].given ?? {};
    const change = { field, from: id, to: null };
    const reason = "It is not the dataflow's own, and the definition does not name it any more";
    return titleTaken(asked, there) ?? stepped(asked, 'replace', reason, { ...about, changes: [change] });
  }
  if (kind === 'flow' && isDraft(part) && changes.length === 0)
    return stepped(asked, 'update', publishes, about);
  if (changes.length === 0)
    return { ...stepped(asked, 'keep', asAskedFor(masked), about), besides, ...warningOfMark(asked, part) };
  const own = changes.filter((change) => !isOfReference(change));
  if (fixed.length > 0 || isDraft(part)) {
    const reason =
      own.length > 0
        ? 'AEP cannot change it under a flow that runs'
        : 'What it refers to is replaced, and AEP cannot change that';
    return (
      titleTaken(asked, [part, ...there]) ?? stepped(asked, 'replace', reason, { ...about, changes: own })
    );
  }
  if (!isOurs && kind === 'mappingSet')
    return stepped(asked, 'replace', "It is not the dataflow's own, and so is not changed", {
      ...about,
      changes,
    });
  if (hasLostMark(asked, part)) return stepOfLostMark(asked, part, changes);
  if (!isOurs) {
    const message = `The ${title} ${id}, which the flow of ${dataflow} uses, is not the dataflow's own, and so is not changed. ${insteadOfSecond ?? 'Change it in AEP'}`;
    return {
      ...stepped(asked, 'conflict', message, { ...about, changes }),
      conflict: conflict('foreign', message, [id]),
    };
  }
  return {
    ...stepped(asked, 'update', 'AEP changes it in place', { ...about, changes: own }),
    edits,
    besides,
  };
}

/** Only what a definition can name, and what hangs on that, comes to be part of a dataflow without being its own. */
function wasGiven({ kind, noted }: Asked, { id }: Observed): boolean {
  const { given, staysOnDelete } = resources[kind];
  return (given !== undefined || staysOnDelete === true) && !noted?.has(id);
}

/** The conflict where AEP keeps the title that another one is to have, for one that it cannot change so. */
function titleTaken(asked: Asked, there: readonly Observed[]): Stepped | undefined {
  const { kind, definition, body, dataflow, now, mask } = asked;
  const { title, hasUniqueTitle, insteadOfSecond } = resources[kind];
  if (!hasUniqueTitle) return undefined;
  for (const one of there) {
    const { id, name, mark } = one;
    const isOurs = mark?.dataflow === dataflow;
    const { changes, fixed } = differencesOf(kind, definition, body, one, { now, mask, isOurs });
    if (name !== body['title'] || (isOurs && fixed.length === 0)) continue;
    const reason = `AEP cannot change it so, and keeps its title unique. ${insteadOfSecond}`;
    const message = isOurs
      ? `The ${title} ${id} is not what the definition asks for. ${reason}`
      : `There is a ${title} titled "${name}" that is not the dataflow's: ${id}. ${insteadOfSecond}`;
    return {
      ...stepped(asked, 'conflict', isOurs ? reason : message, { id, changes: isOurs ? changes : [] }),
      conflict: conflict(isOurs ? 'differs' : 'foreign', message, [id]),
    };
  }
  return undefined;
}

/** Whether an earlier run made it, and somebody has taken the mark off since, as an edit of the description by hand does. */
function hasLostMark({ kind, noted }: Asked, { id, mark }: Observed): boolean {
  return mark === undefined && kind !== 'mappingSet' && noted?.has(id) === true;
}

/** Whose it is now, somebody else may have decided: the mark is a person's to put back. */
function stepOfLostMark(asked: Asked, { id }: Observed, changes: Change[] = []): Stepped {
  const message = tellLostMark(asked, id);
  return {
    ...stepped(asked, 'conflict', message, { id, changes }),
    conflict: conflict('mark-lost', message, [id]),
  };
}

function warningOfMark(asked: Asked, part: Observed): { warning?: Warning } {
  if (!hasLostMark(asked, part)) return {};
  return { warning: { code: 'mark-lost', message: tellLostMark(asked, part.id) } };
}

function tellLostMark({ kind, dataflow }: Asked, id: string): string {
  const made = `An earlier run made the ${resources[kind].title} ${id}, but it does not carry the mark of ${dataflow} any more, and so is neither changed nor deleted`;
  return `${made}. ${howToMark(kind, { dataflow, nonce: nonceOf(id) })}. If it is the dataflow's no longer, rename or delete it, or give the dataflow another name`;
}

/** Another one for each resource, since the same twice would be a copy. */
function nonceOf(id: string): string {
  return id
    .toLowerCase()
    .replaceAll(/[^a-z0-9]/g, '')
    .slice(-8)
    .padStart(8, '0');
}

/** What becomes of a kind of which no living flow has one: what was found may have been made before. */
export function stepOfNew(asked: Asked, found: readonly Observed[]): Stepped {
  const { kind, definition, body, dataflow, now, mask } = asked;
  const decision = decide(kind, body, found, { dataflow });
  const lost = found.find((one) => hasLostMark(asked, one));
  if (lost && !found.some(({ mark }) => mark?.dataflow === dataflow)) return stepOfLostMark(asked, lost);
  if (decision.action === 'create') {
    const foreign = found.filter(({ mark, name }) => !mark && name === body['name']);
    const created = stepped(asked, 'create', 'There is none yet');
    if (kind !== 'dataset' || foreign.length === 0) return created;
    return { ...created, warning: foreignDataset(String(body['name']), foreign) };
  }
  const id = decision.action === 'adopt' ? decision.id : decision.ids[0]!;
  if (decision.action === 'conflict' && decision.reason !== 'differs') return inTheWay(decision, { id });
  const there = found.find((one) => one.id === id)!;
  const { changes, edits, fixed, masked, besides } = differencesOf(kind, definition, body, there, {
    now,
    mask,
  });
  const about = { id, masked, changes };
  if (changes.length === 0)
    return { ...stepped(asked, 'adopt', 'Made before, and as the definition asks for', about), besides };
  if (fixed.length === 0) {
    const updated = stepped(asked, 'update', 'Made before; AEP changes it in place', about);
    return { ...updated, edits, besides };
  }
  if (resources[kind].makesRoom)
    return stepped(
      asked,
      'replace',
      'Made before, from another definition; no flow that stays uses it',
      about,
    );
  return inTheWay(decision as Conflict, about);

  function inTheWay(one: Conflict, told: About): Stepped {
    return { ...stepped(asked, 'conflict', one.message, told), conflict: one };
  }
}

/** The same for the flow itself: a second one would load the data twice. */
export function stepOfNewFlow(
  asked: Asked,
  found: readonly Observed[],
  missing: string | undefined,
  choices: Choices,
): Stepped {
  const decided = stepOfNew(asked, found);
  if (decided.conflict) return decided;
  if (missing !== undefined && choices.missingFlow === undefined) return stepOfMissingFlow(asked, missing);
  const problem = startProblem(asked.definition, asked.now);
  return problem ? { ...decided, problem } : decided;
}

/** What is only hidden still loads: another flow beside it is a person's to ask for. */
export function stepOfMissingFlow(asked: Asked, missing: string): Stepped {
  return notSeen(asked, missing, missingFlow(missing), 'which an earlier run made');
}

/** What is only hidden still holds its data: another one in its place is a person's to ask for, too. */
export function stepOfUnseen(asked: Asked, id: string): Stepped {
  return notSeen(asked, id, unseenPart(resources[asked.kind].title, id), 'which the living flow uses');
}

function notSeen(asked: Asked, id: string, choice: Choice, whose: string): Stepped {
  const { title } = resources[asked.kind];
  const reason = `The ${title} ${id}, ${whose}, was deleted by others, or is hidden by an access label`;
  const message = `${reason}: updateDataflow with "missingFlow": "recreate" makes another`;
  return {
    ...stepped(asked, 'conflict', reason, { id }),
    conflict: conflict('missing', message, [id]),
    choice,
  };
}

interface About {
  id?: string;
  changes?: Change[];
  masked?: Change[];
}

function stepped(
  { kind, needs, body }: Asked,
  action: Action,
  reason: string,
  { id, changes = [], masked = [] }: About = {},
): Stepped {
  const there = id === undefined ? {} : { id };
  const step = { kind, action, ...there, reason, changes, ...(masked.length > 0 ? { masked } : {}), needs };
  return { step, body };
}

function asAskedFor(masked: readonly Change[]): string {
  return masked.length === 0
    ? 'As the definition asks for'
    : 'As the definition asks for, but for what is masked';
}

function foreignDataset(name: string, foreign: Observed[]): Warning {
  const ids = foreign.map(({ id }) => id).join(', ');
  const message = `There is another dataset named "${name}" (${ids}), which is left alone: use it with "dataset": {"id": …} where it is what you mean`;
  return { code: 'foreign-dataset', field: 'dataset.name', message };
}
