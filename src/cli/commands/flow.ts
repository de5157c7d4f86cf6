import { setTimeout as sleep } from 'node:timers/promises';
import { Option, type Command } from 'commander';
import type { DataflowHealth, DataflowStatus, Health, UnderWay, WatcherHandle } from '../../client.ts';
import { notedNow, worstFirst } from '../../client/status.ts';
import { nextCommand, whatGoesOn, whyUnwatched } from '../../client/status-texts.ts';
import { exitCodes, type ExitCode } from '../exit-codes.ts';
import { dataflowName, type Named } from '../name.ts';
import { newsOf, tellDrift, tellNews, type FlowNews } from '../flow-news.ts';
import { outputVersion, print, printMany, table, write, writeText, type Format } from '../output.ts';
import type { Run } from '../program.ts';
import { waitLines } from '../progress.ts';

const dataflow: [string, string, typeof dataflowName] = ['<sandbox/name>', 'the dataflow', dataflowName];

/** How the flows of dataflows do, and what their watchers can be asked to do. */
export function addFlowCommands(program: Command, run: Run): void {
  program
    .command('status')
    .description('Say how a dataflow does; without a name, how all of them do, the worst first.')
    .argument('[sandbox/name]', 'the dataflow', dataflowName)
    .option('--sandbox <name>', 'only the dataflows of one sandbox')
    .addOption(new Option('--verdict <verdict>', 'only those with this verdict').choices(worstFirst))
    .action(async (named: Named | undefined, only: { sandbox?: string; verdict?: string }) => {
      await run.connected(async (client, format) => {
        if (named === undefined) {
          const all = await client.list(only);
          printMany(format, 'dataflows', all, () => tellAll(all));
          return exitCodeOfFlows(all);
        }
        const status = await client.status(named);
        // One that ends in this moment, or has no such query, waits for nobody.
        const handle = client.dataflow(named);
        const progress =
          status.doing === undefined ? undefined : await handle.progress().catch(() => undefined);
        const waits = progress ? waitLines(progress, handle.workflowId) : [];
        print(format, status, () => tellStatus(status, waits));
        return exitCodeOfStatus(status);
      });
    });

  program
    .command('runs')
    .description('Show the latest runs of the flow, newest first.')
    .argument(...dataflow)
    .action(async (named: Named) => {
      await run.connected(async (client, format) => {
        const { health } = await client.status(named);
        const runs = health?.lastRuns ?? [];
        printMany(format, 'runs', runs, () => (health ? tellRuns(runs) : nobodyWatches));
        return codeOf(health);
      });
    });

  program
    .command('watch')
    .description('Show how the flow does, and then each run, verdict and drift as it comes, until Ctrl-C.')
    .argument(...dataflow)
    .action(async (named: Named) => {
      await run.connected(async (client, format) => {
        let { health } = await client.status(named);
        if (format === 'text') writeText(health ? tellHealth(health) : nobodyWatches);
        else if (health) write(JSON.stringify({ version: outputVersion, news: 'health', health }));
        while (health) {
          await sleep(lookEveryMs);
          // Where another flow has taken its place, that one is looked for.
          const after = (await client.health(health)) ?? (await client.status(named)).health;
          if (!after) break;
          for (const one of newsOf(health, after)) tellOne(format, one);
          health = after;
        }
        if (format === 'text' && health) writeText(nobodyWatches);
        return exitCodes.conflict;
      });
    });

  /** What the watcher is asked for, and how it is told. */
  const ask = (
    name: string,
    about: string,
    does: (
      watcher: WatcherHandle,
      named: Named,
    ) => Promise<{ result: object; text: string; code?: ExitCode }>,
  ) =>
    program
      .command(name)
      .description(about)
      .argument(...dataflow)
      .action(async (named: Named) => {
        await run.connected(async (client, format) => {
          const { result, text, code } = await does(await client.watcherOf(named), named);
          print(format, result, () => text);
          return code ?? exitCodes.done;
        });
      });

  ask('check', 'Have the watcher look at AEP now, and say how the flow is then.', async (watcher) => {
    const health = await watcher.checkNow();
    return { result: health, text: tellHealth(health), code: codeOf(health) };
  });
  ask('retry', 'Have AEP run the newest failed run again.', async (watcher) => {
    const result = await watcher.retryRun();
    return { result, text: `AEP runs it again: ${result.runId}` };
  });
  ask('pause', 'Disable the flow: AEP starts no more runs of it until resume.', async (watcher) => {
    const health = await watcher.pause();
    return { result: health, text: tellHealth(health) };
  });
  ask('resume', 'Enable the flow, and say what AEP makes up of what it missed.', async (watcher) => {
    const health = await watcher.resume();
    return { result: health, text: [tellHealth(health), health.note ?? ''].join('\n').trimEnd() };
  });
  ask('accept-drift', 'Take the flow as others have changed it.', async (watcher) => {
    const health = await watcher.acceptDrift();
    return { result: health, text: tellHealth(health) };
  });
}

/** How often a flow that is watched live is looked at: a query, which costs AEP nothing. Milliseconds. */
const lookEveryMs = 2_000;
const nobodyWatches = 'Nobody watches a flow of it.';

function tellOne(format: Format, one: FlowNews): void {
  const at = new Date().toISOString();
  if (format === 'text') writeText(`${at}  ${tellNews(one)}`);
  else write(JSON.stringify({ version: outputVersion, at, ...one }));
}

function isGood(verdict: string | undefined): boolean {
  return verdict === 'ok' || verdict === 'pending';
}

function codeOf(health: Health | undefined): ExitCode {
  if (!health) return exitCodes.conflict;
  if (!isGood(health.verdict)) return exitCodes.notOk;
  return health.drift ? exitCodes.drift : exitCodes.done;
}

/** The exit status of one dataflow: where there is anything of it, the same as in a list of nothing else. */
export function exitCodeOfStatus({ health, doing, waitsFor, unwatched }: DataflowHealth): ExitCode {
  if (!health && doing === undefined) return exitCodes.conflict;
  return exitCodeOfFlows([
    {
      ...(health ? { verdict: health.verdict } : {}),
      drift: health?.drift !== undefined,
      ...(waitsFor ? { doing: { waitsFor } } : {}),
      ...(unwatched ? { unwatched } : {}),
    },
  ]);
}

/** From what needs a person most. A verdict that is not good comes first: rows are missing. */
const worstCodes = [exitCodes.notOk, exitCodes.needsPerson, exitCodes.conflict, exitCodes.drift];

/** The exit status of the worst of many dataflows. */
export function exitCodeOfFlows(
  all: readonly (Pick<DataflowStatus, 'verdict' | 'drift' | 'unwatched'> & {
    doing?: Partial<UnderWay>;
  })[],
): ExitCode {
  const codes = all.map(({ verdict, drift, doing, unwatched }) => {
    if (verdict !== undefined && !isGood(verdict)) return exitCodes.notOk;
    if (doing?.waitsFor === 'person') return exitCodes.needsPerson;
    if (unwatched) return exitCodes.conflict;
    return drift ? exitCodes.drift : exitCodes.done;
  });
  return worstCodes.find((code) => codes.includes(code)) ?? exitCodes.done;
}

function tellAll(all: readonly DataflowStatus[]): string {
  if (all.length === 0) return 'No dataflow is watched.';
  const rows = table(
    ['dataflow', 'verdict', 'since', 'drift', 'connector', 'flow'],
    all.map((one) => [
      one.dataflow,
      one.verdict ?? 'not watched',
      notedNow(one)?.since ?? '',
      one.drift ? 'yes' : '',
      one.connector ?? '',
      one.flowId ?? '',
    ]),
  );
  return [rows, ...all.flatMap(tellBesides)].join('\n');
}

/** What a verdict does not say, and what to do about it. */
function tellBesides(one: DataflowStatus): string[] {
  const { dataflow, doing, unwatched } = one;
  const what = [...(doing ? [whatGoesOn(doing)] : []), ...(unwatched ? [whyUnwatched(unwatched)] : [])];
  const next = nextCommand(one);
  return what.length > 0
    ? [`${dataflow}: ${what.join(' ')}${next === undefined ? '' : ` Next: ${next}`}`]
    : [];
}

/** @param waits what it waits for just now, in lines */
function tellStatus(
  { dataflow, doing, waitsFor, health, last, unwatched }: DataflowHealth,
  waits: string[],
): string {
  return [
    dataflow,
    ...(doing === undefined
      ? []
      : [`just now: ${whatGoesOn({ doing, ...(waitsFor ? { waitsFor } : {}) })}`, ...waits]),
    health
      ? tellHealth(health)
      : unwatched
        ? `${whyUnwatched(unwatched)} Next: ${nextCommand({ dataflow, drift: false, unwatched })}`
        : nobodyWatches,
    ...(last
      ? [
          `It was, when its last watch ended${last.watch.ended ? ` (${last.watch.ended})` : ''}:`,
          tellHealth(last, true),
        ]
      : []),
  ].join('\n');
}

/** @param isPast it was so at the end of its watch: nobody is there any more to be asked for something */
function tellHealth(health: Health, isPast = false): string {
  const {
    verdict,
    since,
    cause,
    command,
    drift,
    flowId,
    lastSuccess,
    nextRunDue,
    lastRuns,
    openRuns,
    retries,
    totals,
  } = health;
  return [
    `${verdict}${since ? ` since ${since}` : ''}: flow ${flowId}`,
    ...(cause
      ? [
          `  why: ${cause.message}`,
          `  next: ${cause.next}`,
          ...(command && !isPast ? [`  command: ${command.line}`] : []),
        ]
      : []),
    ...(drift ? [`  ${tellDrift(drift)}`] : []),
    ...retries.map(
      ({ runId, tried, at }) =>
        `  run again: ${runId} ${at === undefined ? 'now' : `at ${at}`}, ${tried} times before`,
    ),
    ...openRuns.map(({ runId, start }) => `  in progress: ${runId} since ${start}`),
    ...(lastSuccess ? [`  last success: ${lastSuccess.end}`] : []),
    ...(nextRunDue ? [`  next run due: ${nextRunDue}`] : []),
    `  runs so far: ${totals.ok} ok, ${totals.degraded} degraded, ${totals.failed} failed`,
    ...(lastRuns.length > 0 ? [tellRuns(lastRuns)] : []),
  ].join('\n');
}

function tellRuns(runs: Health['lastRuns']): string {
  if (runs.length === 0) return 'No run has ended yet.';
  const count = (one: number | undefined) => (one === undefined ? '' : String(one));
  return table(
    ['start', 'verdict', 'rows read', 'written', 'rows failed', 'run', 'why'],
    runs.map(({ start, verdict, recordsRead, recordsWritten, recordsFailed, runId, cause }) => [
      start,
      verdict,
      count(recordsRead),
      count(recordsWritten),
      count(recordsFailed),
      runId,
      cause?.message ?? '',
    ]),
  );
}
