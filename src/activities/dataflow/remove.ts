import { ApplicationFailure } from '@temporalio/activity';
import { Rejected } from '../../aep/errors.ts';
import type { Call } from '../../aep/http.ts';
import type { FailureType } from '../../failure-types.ts';
import { resources, titleOf } from '../../resources/index.ts';
import { type Kind, type ResourceIds } from '../../resources/kinds.ts';
import type { Mark } from '../../resources/mark.ts';
import { failure, isTooLate, pauseMs, refusal } from '../aep-failures.ts';
import type { Dependencies } from '../dependencies.ts';
import { lastWord, leave } from '../memory.ts';
import { listAll } from './list-all.ts';
import { beating } from '../attempt.ts';
import { servicesOf, type Service } from '../services.ts';

/** A resource that carries the mark of a dataflow. */
export interface Marked {
  id: string;
  name?: string;
  mark: Mark;
  refersTo: ResourceIds;
}

export interface DeleteRequest {
  sandbox: string;
  id: string;
  /** Milliseconds after which passing trouble ends it. Absent: never. */
  giveUpAfterMs?: number;
}

/** Everything of one kind that carries the mark of one dataflow, whatever its name. */
export function listMarkedOf(kind: Kind, dependencies: Dependencies) {
  const services = servicesOf(dependencies.aep);
  return ({ sandbox, dataflow }: { sandbox: string; dataflow: string }): Promise<Marked[]> =>
    beating(async () => {
      try {
        const { [kind]: all = [] } = await listAll(services, [kind], sandbox);
        return all.flatMap((one) => {
          const { id, name, mark } = one;
          if (mark?.dataflow !== dataflow) return [];
          return { id, ...(name ? { name } : {}), mark, refersTo: resources[kind].refersTo(one) };
        });
      } catch (error) {
        throw failure(error);
      }
    });
}

/**
 * Deletes one resource and waits until it is gone; what is not there any more is deleted. What a flow or a target
 * connection uses, whoever's that is, stays: `Conflict`.
 */
export function removeOf(kind: Kind, dependencies: Dependencies) {
  const services = servicesOf(dependencies.aep);
  const service = services[kind];
  return async ({ sandbox, id, giveUpAfterMs }: DeleteRequest): Promise<void> => {
    const call: Call = { sandbox };
    let there: boolean;
    try {
      there = await beating(async () => {
        const users = await usersOf(call, id, services, kind);
        if (users.length > 0) throw inUse(kind, id, `${users.join(', ')} uses it`);
        await service.remove?.(call, id);
        return (await service.get(call, id)) !== undefined;
      });
    } catch (error) {
      if (error instanceof Rejected && usedCode.test(error.code ?? ''))
        throw inUse(kind, id, error.detail ?? error.message, error);
      throw failure(error, giveUpAfterMs);
    }
    if (there) throw stillThere(`The ${titleOf(kind)} ${id} is deleted and not gone yet`, giveUpAfterMs);
  };
}

/** AEP's own words for a connection that flows use. It need not look at flows that are disabled. */
const usedCode = /^FLOW-(1418|1447)-/;

async function usersOf(call: Call, id: string, services: Record<Kind, Service>, kind: Kind) {
  const { users } = services[kind];
  if (!users) return [];
  const listed = await users.of(call, id);
  // A list still shows for a while what was just deleted.
  const read = await Promise.all(listed.map((one) => services[users.kind].get(call, String(one['id']))));
  return read.flatMap((one) =>
    one ? `the ${titleOf(users.kind)} "${String(one['name'])}" (${String(one['id'])})` : [],
  );
}

function inUse(kind: Kind, id: string, why: string, cause?: Rejected): ApplicationFailure {
  return ApplicationFailure.create({
    type: 'Conflict' satisfies FailureType,
    message: `The ${titleOf(kind)} ${id} cannot be deleted: ${why}`,
    details: [{ reason: 'in-use', ids: [id], ...(cause ? refusal(cause) : {}) }],
    nonRetryable: true,
  });
}

/** AEP took the delete and takes its time: asked again after pauses that grow from there, whatever went wrong before. */
function stillThere(message: string, giveUpAfterMs: number | undefined): ApplicationFailure {
  const waits = (lastWord().memory.waits ?? 0) + 1;
  leave({ waits });
  const nextRetryDelay = pauseMs(waits);
  const nonRetryable = isTooLate(nextRetryDelay, giveUpAfterMs);
  return ApplicationFailure.create({ type: 'StillThere', message, nonRetryable, nextRetryDelay });
}
