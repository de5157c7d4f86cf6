import type { Dependencies } from '../dependencies.ts';
import { createConnectionChanges } from './change.ts';
import { createBaseConnectionOf } from './create.ts';
import { describeBaseConnectionOf } from './describe.ts';
import { findBaseConnectionsOf } from './find.ts';
import { deleteBaseConnectionOf } from './remove.ts';
import { testBaseConnectionOf, tryBaseConnectionOf } from './test-credentials.ts';

/** What concerns base connections, which many dataflows share. Each activity reads the secrets for itself, and keeps none. */
export function createConnectionActivities(dependencies: Dependencies) {
  return {
    findBaseConnections: findBaseConnectionsOf(dependencies),
    describeBaseConnection: describeBaseConnectionOf(dependencies),
    createBaseConnection: createBaseConnectionOf(dependencies),
    testBaseConnection: testBaseConnectionOf(dependencies),
    tryBaseConnection: tryBaseConnectionOf(dependencies),
    deleteBaseConnection: deleteBaseConnectionOf(dependencies),
    ...createConnectionChanges(dependencies),
  };
}
