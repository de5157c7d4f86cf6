import { referringKinds, usersOf, type User } from '../resources/references.ts';
import type { Dependencies } from './dependencies.ts';
import { failure } from './failures.ts';
import { listAll } from './list-all.ts';
import { beating } from './send.ts';
import { servicesOf } from './services.ts';

const mostToTell = 500;
/** How many resources AEP is asked about at once. */
const atOnce = 20;

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
          for (let next = 0; next < users.length && there.length < mostToTell; next += atOnce) {
            const some = users.slice(next, next + atOnce);
            // A list still shows for a while what was just deleted.
            const read = await Promise.all(some.map(({ kind, id }) => services[kind].get({ sandbox }, id)));
            there.push(...some.filter((_, index) => read[index] !== undefined));
          }
          return there.slice(0, mostToTell);
        } catch (error) {
          throw failure(error);
        }
      }),
  };
}
