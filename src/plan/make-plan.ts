import type { Definition } from '../definition/definition.ts';
import type { Elsewhere } from '../definition/environments.ts';
import type { Warning } from '../definition/problems.ts';
import { askedOfSource, leavesColumnsOut } from '../explore/asked-of-source.ts';
import type { SourceAnswer } from '../explore/source-answer.ts';
import { idsOfKind, type Kind } from '../resources/kinds.ts';
import { factsOf, type RecalledFacts } from './facts-of.ts';
import { mappingProblems } from './mapping-problems.ts';
import { observe } from './observe.ts';
import { planOf, type Planned } from './plan-of.ts';
import type { Action, Choices, Step } from './plan.ts';
import type { PlanReads } from './reads.ts';
import { rowsTwice } from './rows-twice.ts';
import { sampledRows, type PreviewRows } from './sampled-rows.ts';
import { withColumns } from './source-columns.ts';

/** What a plan is made with, beside what is read for it. */
export interface Asked {
  definition: Definition;
  /** Ids that other environments of the same definition give. */
  elsewhere?: Elsewhere | undefined;
  warnings: Warning[];
  choices?: Choices;
  /** Fields in which a difference does not count. */
  mask?: readonly string[] | undefined;
  /** Says what time it is, once all is read. Epoch milliseconds. */
  now: () => number;
  /** What the worker remembers. */
  recalled?: RecalledFacts | undefined;
  /** Asked what the first rows would become, where somebody wants to see it. */
  previewRows?: PreviewRows | undefined;
  /** Is called when a look has failed: the others need not go on. */
  stop?: () => void;
}

/**
 * Reads everything that a plan rests on, and plans: what AEP has of the dataflow, and everything that is against it. The
 * same for one dataflow, where each read is an activity, and for a whole sandbox, which is read beforehand.
 */
export async function makePlan(asked: Asked, reads: PlanReads): Promise<Planned> {
  const { elsewhere, choices = {}, mask, now, recalled, previewRows, stop } = asked;
  const [facts, notes] = await Promise.all([
    factsOf(asked.definition, reads, { recalled, elsewhere }),
    reads.notes(),
  ]);
  const { definition } = facts;
  const source = sourceOf(definition, reads);
  const observing = observe(definition, {
    look: (kind) => reads.look(kind, idsOfKind(notes.ids, kind)),
    read: (kind, id, version) => reads.read(kind, id, version),
    given: facts.given,
    notes,
    flowLeft: notes.flowLeft,
    ...(stop ? { stop } : {}),
  });
  const [observed, answer] = await Promise.all([observing, source]);
  const planned = (problems = facts.problems) =>
    planOf(definition, observed, {
      context: facts.context,
      connection: facts.step,
      now: now(),
      problems,
      source: answer,
      warnings: [...asked.warnings, ...facts.warnings],
      choices,
      mask,
      watching: notes.watching,
    });
  const first = planned();
  const { steps } = first.plan;
  const stepOf = (kind: Kind) => steps.find((step) => step.kind === kind)!;
  const schema = stepOf('schema');
  // AEP validates the mapping of a schema that it has. What it has taken already need not be judged again.
  const isToJudge = isThere(schema) && !isThere(stepOf('mappingSet')) && facts.problems.length === 0;
  const mapping = isToJudge ? await mappingProblems(definition, schema.id, reads) : [];
  const all = mapping.length === 0 ? first : planned([...facts.problems, ...mapping]);
  const { id: dataset } = stepOf('dataset');
  const loads = stepOf('flow').action === 'create';
  const rows =
    loads && dataset !== undefined ? await rowsTwice(definition, dataset, (id) => reads.rows(id)) : undefined;
  if (rows) all.plan.warnings.push(rows);
  if (previewRows && all.plan.problems.length === 0) {
    const schemaId = schema.action === 'replace' ? undefined : schema.id;
    const sampled = await sampledRows(withColumns(definition, all.columns), schemaId, previewRows);
    if (sampled.rows) all.plan.rows = sampled.rows;
    all.plan.warnings.push(...sampled.warnings);
  }
  return all;
}

/** What the source has of what a definition takes for granted. Undefined where that is not asked. */
export function sourceOf(
  definition: Definition,
  reads: Pick<PlanReads, 'source'>,
): Promise<SourceAnswer | undefined> | undefined {
  const asked = askedOfSource(definition);
  return asked && reads.source(asked, leavesColumnsOut(definition));
}

const staying: ReadonlySet<Action> = new Set(['keep', 'adopt']);

function isThere({ action }: Step): boolean {
  return staying.has(action);
}
