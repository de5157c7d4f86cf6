import { ApplicationFailure, activityInfo, cancellationSignal, heartbeat } from '@temporalio/activity';
import { resources } from '../resources/index.ts';
import { kindTitles, type Kind, type ResourceIds } from '../resources/kinds.ts';
import { failure, pauseMs } from './failures.ts';
import type { Dependencies } from './dependencies.ts';
import { servicesOf } from './services.ts';

/** A resource that carries the mark of a dataflow. */
export interface Marked {
  id: string;
  name?: string;
  refersTo: ResourceIds;
}

/** Milliseconds for a list of everything in a sandbox: many pages. */
export const wholeListMs = 4 * 60_000;

/** Everything of one kind that carries the mark of one dataflow, whatever its name. */
export function listMarkedOf(kind: Kind, dependencies: Dependencies) {
  const service = servicesOf(dependencies.aep)[kind];
  return async ({ sandbox, dataflow }: { sandbox: string; dataflow: string }): Promise<Marked[]> => {
    try {
      const all = await service.all({ sandbox, signal: cancellationSignal(), timeoutMs: wholeListMs });
      return all
        .map((answer) => resources[kind].observe(answer))
        .filter(({ mark }) => mark?.dataflow === dataflow)
        .map((one) => ({
          id: one.id,
          ...(one.name ? { name: one.name } : {}),
          refersTo: resources[kind].refersTo(one),
        }));
    } catch (error) {
      throw failure(error);
    }
  };
}

/** Deletes one resource and waits until it is gone; what is not there any more is deleted. */
export function removeOf(kind: Kind, dependencies: Dependencies) {
  const service = servicesOf(dependencies.aep)[kind];
  return async ({ sandbox, id }: { sandbox: string; id: string }): Promise<void> => {
    let there: boolean;
    try {
      await service.remove?.({ sandbox }, id);
      there = (await service.get({ sandbox }, id)) !== undefined;
    } catch (error) {
      throw failure(error);
    }
    if (there) throw stillThere(`The ${kindTitles[kind]} ${id} is deleted and not gone yet`);
  };
}

/** AEP took the delete and takes its time: asked again after pauses that grow from there, whatever went wrong before. */
function stillThere(message: string): ApplicationFailure {
  const left = activityInfo().heartbeatDetails as { shown?: number } | undefined;
  const shown = (left?.shown ?? 0) + 1;
  heartbeat({ shown });
  return ApplicationFailure.create({ type: 'StillThere', message, nextRetryDelay: pauseMs(shown) });
}
