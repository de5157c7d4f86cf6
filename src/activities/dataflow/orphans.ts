import { Context, activityInfo } from '@temporalio/activity';
import { WorkflowNotFoundError, type Client } from '@temporalio/client';
import { namedBy, workflowId } from '../../definition/identity.ts';
import { kinds } from '../../resources/kinds.ts';
import { orphansAmong, type Orphan } from '../../resources/orphans.ts';
import { unreadable } from '../unreadable.ts';
import type { Dependencies } from '../dependencies.ts';
import { failure, pauseMs } from '../aep-failures.ts';
import { inTurns } from '../in-turns.ts';
import { listAll } from './list-all.ts';
import { beating } from '../attempt.ts';
import { leave } from '../memory.ts';
import { servicesOf } from '../services.ts';

export interface Orphans {
  /** The first 500. */
  orphans: Orphan[];
  /** How many there are. */
  count: number;
  /** Those of them that were asked for by their ids, however many there are. */
  asked: Orphan[];
  /** Dataflows that are being created or deleted just now: what is theirs is left out. The first 500. */
  atWork: string[];
}

const mostToTell = 500;

/** Reads of everything there is in a sandbox, which can be thousands. */
export function createOrphanActivities({ aep, lateCommitMs, listLagMs }: Dependencies) {
  const services = servicesOf(aep);
  return {
    /** Finds what carries our mark and belongs to no flow. */
    findOrphans: ({ sandbox, ids = [] }: { sandbox: string; ids?: string[] }): Promise<Orphans> =>
      beating(async () => {
        // The flows come last: one that was made meanwhile is then seen with what it refers to.
        const inOrder = [...kinds].sort((a, b) => Number(a === 'flow') - Number(b === 'flow'));
        const listed = await listAll(services, inOrder, sandbox).catch((error: unknown) => {
          throw failure(error);
        });
        // What was made just now may belong to a flow that no list shows yet.
        const before = aep.now() - lateCommitMs - listLagMs;
        // A copy of a sandbox copies the marks as well: what they name is another sandbox's.
        const found = orphansAmong(listed, before).filter(({ dataflow }) =>
          dataflow.startsWith(`${sandbox}/`),
        );
        const dataflows = [...new Set(found.map(({ dataflow }) => dataflow))];
        const atWork = await atWorkAmong(dataflows).catch((error: unknown) => {
          leave({});
          throw unreadable('which dataflows are at work', error, pauseMs(activityInfo().attempt));
        });
        const orphans = found.filter(({ dataflow }) => !atWork.has(dataflow));
        const wanted = new Set(ids);
        return {
          orphans: orphans.slice(0, mostToTell),
          count: orphans.length,
          asked: orphans.filter(({ id }) => wanted.has(id)),
          atWork: [...atWork].slice(0, mostToTell),
        };
      }),
  };
}

/** Those at work now, or a moment ago: what they made since the lists were read belongs to a flow that is not among them. */
async function atWorkAmong(dataflows: string[]): Promise<Set<string>> {
  const { client } = Context.current();
  // The server's clock, as that of an execution's end is.
  const began = activityInfo().currentAttemptScheduledTimestampMs;
  const atWork = new Set<string>();
  for await (const [dataflow, works] of inTurns(dataflows, (one) => worksSince(client, one, began)))
    if (works) atWork.add(dataflow);
  return atWork;
}

async function worksSince(client: Client, dataflow: string, began: number): Promise<boolean> {
  try {
    const { closeTime } = await client.workflow.getHandle(workflowId(namedBy(dataflow))).describe();
    // One that is paused in Temporal is at work too.
    return !closeTime || +closeTime >= began;
  } catch (error) {
    if (error instanceof WorkflowNotFoundError) return false;
    throw error;
  }
}
