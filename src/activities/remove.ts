import type { Kind } from '../resources/kinds.ts';
import { failure } from './failures.ts';
import type { Dependencies } from './index.ts';
import { servicesOf } from './services.ts';

/** Deletes one resource; what is not there any more is deleted. */
export function removeOf(kind: Kind, dependencies: Dependencies) {
  const service = servicesOf(dependencies.aep)[kind];
  return async (request: { sandbox: string; id: string }): Promise<void> => {
    try {
      await service.remove?.({ sandbox: request.sandbox }, request.id);
    } catch (error) {
      throw failure(error);
    }
  };
}
