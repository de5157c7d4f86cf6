import type { DataflowHandle, FullProgress } from '../client.ts';
import { aepLine, updateLine } from '../command-line.ts';
import { dataflowOf } from '../definition/identity.ts';
import { goesOn } from './leave.ts';
import { tell } from './output.ts';

const lookEveryMs = 500;

/**
 * Waits for `result`, and tells on standard error what goes on meanwhile.
 * @param look the lines that say how far it is: each is told once.
 * @param comeBack how to see it again after Ctrl-C, which ends the waiting and nothing else.
 * @throws what `result` throws.
 */
export async function follow<Result>(
  look: () => Promise<string[]>,
  result: Promise<Result>,
  comeBack: string,
): Promise<Result> {
  const told = new Set<string>();
  const tellNews = async () => {
    // Before it has begun, and after it has ended, it may not answer: the result says it all.
    const lines = await look().catch(() => []);
    for (const line of lines) if (!told.has(line)) tell(line);
    for (const line of lines) told.add(line);
  };
  // Who leaves waits for no more news.
  const timer = setInterval(() => void tellNews(), lookEveryMs).unref();
  try {
    const ended = await goesOn(comeBack, () => result);
    await tellNews();
    return ended;
  } finally {
    clearInterval(timer);
  }
}

/** The same for one dataflow: each step as it begins and ends, and what it waits for. */
export function followDataflow<Result>(handle: DataflowHandle, result: Promise<Result>): Promise<Result> {
  const look = async () => linesOf(await handle.progress(), handle.workflowId);
  return follow(look, result, aepLine('status', dataflowOf(handle.workflowId)!));
}

function linesOf(progress: FullProgress, id: string): string[] {
  return [
    ...progress.steps
      .filter((step) => !['waiting', 'notTried'].includes(step.state))
      .map(
        ({ title, state, id, note }) => `${title}: ${state}${id ? ` ${id}` : ''}${note ? ` (${note})` : ''}`,
      ),
    ...waitLines(progress, id),
  ];
}

/** What it waits for, and how a person has it go on. @param id of the workflow */
export function waitLines(
  { dataflow, waiting, state, approval, error }: Omit<FullProgress, 'steps'>,
  id: string,
): string[] {
  return [
    ...waiting.map(({ activity, message }) => `waits: ${activity}: ${message}`),
    ...(state === 'paused' ? ['paused in Temporal: "temporal workflow unpause" lets it go on'] : []),
    ...(state === 'waiting' && error
      ? [
          `waits for a person: ${error.message}`,
          `to let it go on: ${updateLine(id, 'resume')}`,
          `to have it give up: ${updateLine(id, 'giveUp')}`,
        ]
      : []),
    ...(approval
      ? [
          `waits for approval of ${approval.digest}: ${approval.summary}`,
          `to approve it: ${aepLine('approve', dataflow, ` --digest ${approval.digest} --by "$USER"`)}`,
        ]
      : []),
  ];
}
