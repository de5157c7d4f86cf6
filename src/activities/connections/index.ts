import type { Dependencies } from '../dependencies.ts';
import { findBaseConnectionsOf } from './find.ts';
import { createConnectionChanges } from './make.ts';

/** What concerns base connections, which many dataflows share. */
export function createConnectionActivities(dependencies: Dependencies) {
  return {
    findBaseConnections: findBaseConnectionsOf(dependencies),
    ...createConnectionChanges(dependencies),
  };
}
