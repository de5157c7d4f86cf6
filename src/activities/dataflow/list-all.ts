import { cancellationSignal } from '@temporalio/activity';
import { resources } from '../../resources/index.ts';
import type { Kind } from '../../resources/kinds.ts';
import type { Listed } from '../../resources/references.ts';
import type { Service } from '../services.ts';

/** Everything there is of these kinds in a sandbox, one kind after the other. */
export async function listAll(
  services: Record<Kind, Service>,
  wanted: readonly Kind[],
  sandbox: string,
): Promise<Listed> {
  const listed: Listed = {};
  for (const kind of wanted) {
    const all = await services[kind].all({ sandbox, signal: cancellationSignal() });
    listed[kind] = all.map((answer) => resources[kind].observe(answer));
  }
  return listed;
}
