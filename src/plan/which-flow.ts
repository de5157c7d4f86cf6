import type { Observed } from '../resources/resource.ts';
import { isPaused } from '../runs/flow.ts';
import type { ObservedDataflow, Parts } from './observed-dataflow.ts';
import type { Action, Step } from './plan.ts';

/** Which of the dataflow's flows a plan is about. */
export interface Chosen {
  /** The flow that lives, or the draft that is to, with all that it refers to. Absent: there is none. */
  living?: Parts;
  /** The flow whose place that draft takes. */
  predecessor?: Parts;
  /** A replacement was cut off after it had disabled the living flow. */
  isCutOff: boolean;
  /** A replacement of a flow that somebody had paused was cut off when the living flow had just taken its place. */
  isToPause: boolean;
}

/** What becomes of the parts of a flow that is as the definition asks for, or can be made so in place. */
const fitting: ReadonlySet<Action> = new Set(['keep', 'given', 'update']);

/**
 * Chooses among the flows of the dataflow, of which there are several only while one replaces another. One that loads comes
 * before one that is disabled, and else one that is as the definition asks for before the newest. Where that one is not as
 * asked for and a draft is, the draft takes its place. Other drafts have loaded nothing, and count for nothing.
 * @param stepsOf the steps of a plan that is about one of them.
 */
export function chooseFlow(
  { flows, noted, paused }: Pick<ObservedDataflow, 'flows' | 'noted' | 'paused'>,
  stepsOf: (parts: Parts) => readonly Pick<Step, 'kind' | 'action'>[],
): Chosen {
  const drafts = flows.filter(({ flow }) => isDraft(flow!));
  const published = flows.filter(({ flow }) => !isDraft(flow!));
  const loading = rivalsAmong({ flows, noted });
  const able = loading.length > 0 ? loading : published;
  const current = able.length > 1 ? (able.find(fits) ?? able.at(-1)) : able[0];
  const next = current && (drafts.length === 0 || fits(current)) ? undefined : drafts.findLast(isReady);
  const living = next ?? current;
  const wasPaused = ({ flow }: Parts) => isDisabled(flow!) && flow!.id === paused;
  return {
    ...(living ? { living } : {}),
    ...(next && current ? { predecessor: current } : {}),
    isCutOff: drafts.length > 0 && current !== undefined && isDisabled(current.flow!) && !wasPaused(current),
    isToPause: living !== undefined && isLoading(living.flow!) && published.some(wasPaused),
  };

  function fits(parts: Parts): boolean {
    return stepsOf(parts).every(({ action }) => fitting.has(action));
  }

  /** What a draft is pinned to is only changed in a flow that lives. */
  function isReady(parts: Parts): boolean {
    return stepsOf(parts).every(({ kind, action }) =>
      kind === 'mappingSet' ? action === 'keep' : fitting.has(action),
    );
  }
}

/** A request that takes effect later than every bound does so within this of the one that was sent after it. Milliseconds. */
const latestMs = 60 * 60_000;

/**
 * The flows that are enabled and may have loaded rows: of several, none is deleted unless a person says which. What only a
 * create that took effect too late can have made is none of them: no run noted it, and it is younger than another, or hardly
 * older than one that a run noted.
 */
export function rivalsAmong({ flows, noted }: Pick<ObservedDataflow, 'flows' | 'noted'>): Parts[] {
  const loading = flows.filter(({ flow }) => isLoading(flow!));
  return loading.filter(({ flow }) => !loading.some((other) => isLateTwinOf(other.flow!, flow!)));

  function isLateTwinOf(other: Observed, flow: Observed): boolean {
    const laterMs = (flow.createdAt ?? 0) - (other.createdAt ?? 0);
    const isNear = Math.abs(laterMs) < latestMs;
    if (noted?.has(flow.id)) return false;
    return noted?.has(other.id) ? laterMs > 0 || isNear : laterMs > 0 && isNear;
  }
}

function isLoading(flow: Observed): boolean {
  return !isDraft(flow) && !isDisabled(flow);
}

/** Whether it loads nothing until it is published. */
export function isDraft({ fields }: Observed): boolean {
  return String(fields['state']).toLowerCase() === 'draft';
}

export function isDisabled(flow: Observed): boolean {
  return isPaused({ state: String(flow.fields['state']) }) && !isDraft(flow);
}
