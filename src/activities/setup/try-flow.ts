import { setTimeout as sleep } from 'node:timers/promises';
import { cancellationSignal } from '@temporalio/activity';
import type { Aep } from '../../aep/aep.ts';
import type { FlowAction } from '../../aep/flow-service.ts';
import type { Call } from '../../aep/http.ts';
import type { JsonObject } from '../../resources/resource.ts';
import { readSchedule } from '../../runs/flow.ts';
import { readRun, windowOf } from '../../runs/read-run.ts';
import { hasEnded } from '../../runs/run.ts';
import type { Measured } from '../../setup-tried.ts';
import { etagOf, isBusy } from '../flow-actions.ts';
import { lasting, said, waited } from './measure.ts';

export interface TryFlowRequest {
  sandbox: string;
  /** A throwaway flow: it is not put back as it was. */
  flowId: string;
}

const minuteMs = 60_000;
/** A run appears two to three minutes after it is due, and few rows take it a minute or two. Milliseconds. */
const runEndsWithinMs = 15 * minuteMs;
/** A change that the end of a run makes to its flow would show by then. Milliseconds. */
const touchedWithinMs = minuteMs;

/** Changes a flow, disables and enables it. */
export async function tryFlow(aep: Aep, call: Call, flowId: string): Promise<Measured[]> {
  const before = await readFlow(aep, call, flowId);
  const name = `${String(before['name'])}, tried`;
  await aep.flowService.flows.patch(
    call,
    flowId,
    [{ op: 'replace', path: '/name', value: name }],
    etagOf(before),
  );
  const patched = await settled(aep, call, flowId, (flow) => flow['name'] === name);
  const etag = etagOf(await readFlow(aep, call, flowId));
  const measured = [
    lasting('a PATCH of a flow is carried out', patched),
    said('a PATCH moves the etag of a flow', etag !== etagOf(before), `${etagOf(before)} → ${etag}`),
  ];
  // AEP takes no other change of a flow that it is still changing.
  let isReady = patched !== undefined;
  for (const action of ['disable', 'enable'] as const) {
    if (!isReady) break;
    const ms = await switched(aep, call, flowId, action);
    measured.push(lasting(`the action ${action} of a flow is carried out`, ms));
    isReady = ms !== undefined;
  }
  return measured;
}

/** A flow and its runs, as one look shows them. */
interface Seen {
  etag: string | undefined;
  /** Those that have ended and have a window, the first window first. Epoch milliseconds. */
  ended: { start: number; end: number }[];
  /** AEP's clock. Epoch milliseconds. */
  now: number;
}

/**
 * Waits for the first run of a flow, disables the flow while the next is due, and waits for the one that comes after it is
 * enabled again. What it waits for is measured by AEP's clock.
 * @param lookEveryMs milliseconds from one look to the next
 */
export async function tryRuns(
  aep: Aep,
  call: Call,
  flowId: string,
  lookEveryMs: number,
): Promise<Measured[]> {
  const schedule = readSchedule((await readFlow(aep, call, flowId))['scheduleParams'] as JsonObject);
  const { startTime, periodMs } = schedule ?? {};
  if (startTime === undefined || periodMs === undefined) throw new Error(`The flow ${flowId} has no period`);

  const { seen: first, before } = await until(({ ended }) => ended.length > 0, startTime + runEndsWithinMs);
  if (!first) return [said('a flow runs at its start', false, none(runEndsWithinMs))];
  const { seen: touched } = await until(({ etag }) => etag !== before?.etag, aep.now() + touchedWithinMs);
  const [window] = first.ended as [Seen['ended'][number]];
  const measured = [
    said(
      'the end of a run moves the etag of its flow',
      touched !== undefined,
      touched ? `${before?.etag} → ${touched.etag}` : `it stays ${before?.etag}`,
    ),
    said(
      'the first window of a flow begins one period before its start',
      isAbout(window.start, startTime - periodMs),
      `${apart(window.start, startTime)} the start`,
    ),
  ];

  if ((await switched(aep, call, flowId, 'disable')) === undefined) return measured;
  const due = startTime + Math.ceil((aep.now() - startTime) / periodMs) * periodMs;
  await until(({ now }) => now > due + minuteMs, due + periodMs);
  await switched(aep, call, flowId, 'enable');
  const { seen: next } = await until(
    ({ ended }) => ended.length > first.ended.length,
    due + periodMs + runEndsWithinMs,
  );
  const guess = 'a flow that is enabled again makes up the window that it missed';
  const after = next?.ended[1];
  measured.push(
    after
      ? said(
          guess,
          isAbout(after.start, window.end),
          `the next window begins ${apart(after.start, window.end)} the end of the last`,
        )
      : said(guess, false, none(periodMs + runEndsWithinMs)),
  );
  return measured;

  /** Looks until it is so, or AEP's clock says that it is too late. `before`: the look before that one. */
  async function until(
    isSo: (seen: Seen) => boolean,
    latest: number,
  ): Promise<{ seen?: Seen; before?: Seen | undefined }> {
    let before: Seen | undefined;
    for (;;) {
      const seen = await look();
      if (isSo(seen)) return { seen, before };
      if (seen.now > latest) return { before };
      before = seen;
      await sleep(lookEveryMs, undefined, { signal: cancellationSignal() });
    }
  }

  async function look(): Promise<Seen> {
    // The flow first: what the end of a run does to it is not in it while that run has not ended.
    const etag = etagOf(await readFlow(aep, call, flowId));
    const runs: Seen['ended'] = [];
    for await (const page of aep.flowService.listRuns(call, { filters: [`flowId==${flowId}`] }))
      for (const raw of page) {
        const { start, end } = windowOf(raw);
        if (hasEnded(readRun(raw)) && start !== undefined && end !== undefined) runs.push({ start, end });
      }
    return { etag, ended: runs.toSorted((a, b) => a.start - b.start), now: aep.now() };
  }
}

async function readFlow(aep: Aep, call: Call, flowId: string): Promise<JsonObject> {
  const flow = await aep.flowService.flows.get(call, flowId);
  if (!flow) throw new Error(`AEP has no flow ${flowId}`);
  return flow;
}

/** Milliseconds until AEP has carried out a change of it. */
function settled(aep: Aep, call: Call, flowId: string, is: (flow: JsonObject) => boolean) {
  return waited(async () => {
    const flow = await readFlow(aep, call, flowId);
    return !isBusy(flow) && is(flow);
  });
}

async function switched(aep: Aep, call: Call, flowId: string, action: FlowAction & ('enable' | 'disable')) {
  await aep.flowService.setFlowState(call, flowId, action, etagOf(await readFlow(aep, call, flowId)));
  return settled(aep, call, flowId, (flow) => flow['state'] === `${action}d`);
}

function isAbout(moment: number, expected: number): boolean {
  return Math.abs(moment - expected) <= minuteMs;
}

/** How far one moment is from another, in words. */
function apart(moment: number, from: number): string {
  const minutes = Math.round((moment - from) / minuteMs);
  return minutes === 0 ? 'at' : `${Math.abs(minutes)} min ${minutes < 0 ? 'before' : 'after'}`;
}

function none(ms: number): string {
  return `none has ended within ${ms / minuteMs} min`;
}
