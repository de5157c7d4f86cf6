import { Rejected } from '../../aep/errors.ts';
import type { Call } from '../../aep/http.ts';
import { baseConnectionsOfFlow } from '../../resources/base-connection.ts';
import { textAt } from '../../resources/json.ts';
import { failure } from '../aep-failures.ts';
import { beating } from '../attempt.ts';
import type { Dependencies } from '../dependencies.ts';
import { conflict } from './conflict.ts';
import type { ConnectionThere } from './requests.ts';

/** AEP's own words for a connection that flows use. */
const usedCode = /^FLOW-(1418|1447)-/;

/** Deletes a base connection that no flow loads from. */
export function deleteBaseConnectionOf({ aep }: Pick<Dependencies, 'aep'>) {
  const { connections, flows, flowPages } = aep.flowService;
  return async ({ sandbox, id, name }: Omit<ConnectionThere, 'giveUpAfterMs'>): Promise<void> => {
    const call: Call = { sandbox };
    const cannot = (why: string) =>
      conflict('in-use', `The base connection "${name}" (${id}) cannot be deleted: ${why}`, id);
    try {
      await beating(async () => {
        const listed: string[] = [];
        for await (const page of flowPages(call))
          for (const flow of page)
            if (baseConnectionsOfFlow(flow).includes(id)) listed.push(String(flow['id']));
        // A list still shows for a while what was just deleted.
        const read = await Promise.all(listed.map((flow) => flows.get(call, flow)));
        const users = read.flatMap((flow) =>
          flow ? `"${textAt(flow, 'name') ?? ''}" (${String(flow['id'])})` : [],
        );
        if (users.length > 0) throw cannot(`flows load from it: ${users.join(', ')}`);
        await connections.remove(call, id);
      });
    } catch (error) {
      if (error instanceof Rejected && usedCode.test(error.code ?? '')) throw cannot(error.message);
      throw failure(error);
    }
  };
}
