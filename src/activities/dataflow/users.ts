import { referringKinds, usersOf, type User } from '../../resources/references.ts';
import type { Dependencies } from '../dependencies.ts';
import { failure } from '../aep-failures.ts';
import { inTurns } from '../in-turns.ts';
import { listAll } from './list-all.ts';
import { beating } from '../attempt.ts';
import { servicesOf } from '../services.ts';

const mostToTell = 500;

export interface UsersRequest {
  sandbox: string;
  dataflow: string;
  /** What is to be deleted of it. */
  ids: string[];
}

export function createUserActivities({ aep }: Dependencies) {
  const services = servicesOf(aep);
  return {
    /** Finds what is not of a dataflow and refers to something of it. */
    findUsers: ({ sandbox, dataflow, ids }: UsersRequest): Promise<User[]> =>
      beating(async () => {
        try {
          const listed = await listAll(services, referringKinds, sandbox);
          const users = usersOf(new Set(ids), listed, dataflow);
          const there: User[] = [];
          // A list still shows for a while what was just deleted.
          const read = inTurns(users, ({ kind, id }) => services[kind].get({ sandbox }, id));
          for await (const [user, found] of read) {
            if (found) there.push(user);
            if (there.length === mostToTell) break;
          }
          return there;
        } catch (error) {
          throw failure(error);
        }
      }),
  };
}
