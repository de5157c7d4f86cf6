import type { JsonObject } from '../../src/resources/resource.ts';
import { administratorOf } from '../support/dataflows.ts';
import type { Rig } from '../support/rig.ts';

/** A flow that somebody made by hand, over the connections of one that is there. Answers with its id. */
export async function flowOver(
  rig: Pick<Rig, 'emulator'>,
  sandbox: string,
  like: string,
  changes: JsonObject = {},
): Promise<string> {
  const original = rig.emulator.control.resources('flows', sandbox).find(({ id }) => id === like)!;
  const { flowSpec, sourceConnectionIds, targetConnectionIds, transformations, scheduleParams } = original;
  const asked = { flowSpec, sourceConnectionIds, targetConnectionIds, transformations, scheduleParams };
  const body = { ...asked, ...changes, name: 'Made by hand' };
  return (await administratorOf(rig).flowService.flows.create({ sandbox }, body)).id;
}

/** The same with its mark, as somebody makes it who duplicates a flow. */
export function copyOf(rig: Pick<Rig, 'emulator'>, sandbox: string, flowId: string): Promise<string> {
  const original = rig.emulator.control.resources('flows', sandbox).find(({ id }) => id === flowId)!;
  return flowOver(rig, sandbox, flowId, { description: original['description'] });
}
