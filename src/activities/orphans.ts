import { Context, cancellationSignal } from '@temporalio/activity';
import { WorkflowNotFoundError } from '@temporalio/client';
import { resources } from '../resources/index.ts';
import { kinds, type Kind } from '../resources/kinds.ts';
import type { Observed } from '../resources/resource.ts';
import { orphansAmong } from '../resources/orphans.ts';
import { failure } from './failures.ts';
import type { Dependencies } from './dependencies.ts';
import { wholeListMs } from './remove.ts';
import { servicesOf } from './services.ts';

/** A resource that carries our mark and that no flow refers to. */
export interface Orphan {
  kind: Kind;
  id: string;
  name?: string;
  /** `<sandbox>/<name>` of the dataflow whose mark it carries. */
  dataflow: string;
  /** Epoch milliseconds. */
  createdAt?: number;
}

export interface Orphans {
  /** The first 500. */
  orphans: Orphan[];
  /** How many there are. */
  count: number;
  /** Dataflows that are being created or deleted just now: what is theirs is left out. */
  atWork: string[];
}

const mostToTell = 500;

export function createOrphanActivities({ aep, lateCommitMs, listLagMs }: Dependencies) {
  const services = servicesOf(aep);
  return {
    /** Reads everything there is in a sandbox, and finds what carries our mark and belongs to no flow. */
    async findOrphans({ sandbox }: { sandbox: string }): Promise<Orphans> {
      const call = { sandbox, signal: cancellationSignal(), timeoutMs: wholeListMs };
      const observe = async (kind: Kind) => {
        const all = await services[kind].all(call);
        return all.map((answer) => resources[kind].observe(answer));
      };
      const listed: Partial<Record<Kind, Observed[]>> = {};
      try {
        // The flows come last: one that was made meanwhile is then seen with what it refers to.
        for (const kind of [...kinds].sort((a, b) => Number(a === 'flow') - Number(b === 'flow')))
          listed[kind] = await observe(kind);
      } catch (error) {
        throw failure(error);
      }
      // What was made just now may belong to a flow that no list shows yet.
      const before = Date.now() - lateCommitMs - listLagMs;
      // A copy of a sandbox copies the marks as well: what they name is another sandbox's.
      const found = orphansAmong(listed, before).filter(({ dataflow }) => dataflow.startsWith(`${sandbox}/`));
      const atWork = await dataflowsAtWork([...new Set(found.map(({ dataflow }) => dataflow))]);
      const orphans = found.filter(({ dataflow }) => !atWork.includes(dataflow));
      return { orphans: orphans.slice(0, mostToTell), count: orphans.length, atWork };
    },
  };
}

async function dataflowsAtWork(dataflows: string[]): Promise<string[]> {
  const { client } = Context.current();
  const atWork: string[] = [];
  for (const dataflow of dataflows) {
    try {
      const { status } = await client.workflow.getHandle(`dataflow/${dataflow}`).describe();
      if (status.name === 'RUNNING') atWork.push(dataflow);
    } catch (error) {
      if (!(error instanceof WorkflowNotFoundError)) throw error;
    }
  }
  return atWork;
}
