import { html } from 'hono/html';
import type { Health } from '../client.ts';
import { aepLine, updateLine } from '../command-line.ts';
import { namedBy, workflowId } from '../definition/identity.ts';
import { lostOf } from '../runs/noted-health.ts';
import { actionForm, type Actions } from './actions.ts';
import { chainOf, chainPicture } from './chain.ts';
import type { DataflowFacts } from './facts.ts';
import type { Html, Page, Section } from './layout.ts';
import { notedNow } from '../client/status.ts';
import { nextCommand, whatGoesOn, whyUnwatched } from '../client/status-texts.ts';
import { badge, commandLine, facts, table, timeOf } from './parts.ts';
import { durationPlot, rowsPlot, secondsOf } from './plots.ts';
import { away, count, duration } from './texts.ts';

/** How a page tells of times, and what can be done on it. */
export interface View {
  /** Epoch milliseconds: times are told by how far they are away. Absent: as they are, and no link leads to other pages, as in a file. */
  now?: number | undefined;
  /** Absent: nothing can be done on it, and commands are shown instead. */
  actions?: Actions | undefined;
}

/** A dataflow's page. */
export function dataflowPage(known: DataflowFacts, view: View): Page {
  const { dataflow, health = known.last, history } = known;
  const title = dataflow;
  if (!health && !known.underWay && !known.unknown && history.length === 0) {
    const body = html`<p>Nothing is known of a dataflow ${dataflow}.</p>`;
    return { title, status: 404, sections: [{ id: 'verdict', body }] };
  }
  const chain = chainOf(known.steps, health?.flowId, history);
  const sections: (Section | undefined)[] = [
    { id: 'verdict', body: verdictOf(known, view) },
    waitingOf(known, view),
    health && failureOf(health, dataflow, view),
    health && driftOf(health, dataflow, view),
    health && { id: 'plots', title: 'Rows and time', body: plotsOf(health) },
    health && { id: 'runs', title: 'Latest runs', body: runsOf(health, view) },
    chain.length > 0 ? { id: 'chain', title: 'What it is made of', body: chainBody(chain) } : undefined,
    health && { id: 'facts', title: 'Facts', body: factsOf(health, dataflow, view) },
    { id: 'history', title: 'What was done', body: historyOf(known, view) },
  ];
  const said = [health?.verdict, known.underWay && whatGoesOn(known.underWay), health?.cause?.message].filter(
    (one) => one !== undefined,
  );
  return { title, said: said.join(': '), sections: sections.filter((one) => one !== undefined) };
}

function verdictOf(
  { dataflow, health, last, row, underWay, unknown, unwatched }: DataflowFacts,
  { now }: View,
): Html {
  const shown = health ?? last;
  const { verdict, since } = shown ?? { verdict: row?.verdict, since: notedNow(row)?.since };
  const ended = last?.watch.ended;
  return html`${
    verdict === undefined
      ? html`<p class="big">No flow of it is watched.</p>`
      : html`<p class="big">
          ${badge(verdict)} ${since === undefined ? '' : html`since ${timeOf(since)}`}
          ${since === undefined || now === undefined ? '' : `(${away(since, now)})`}
        </p>`
  }
  ${
    last && !health
      ? html`<p>
          <strong>${ended === undefined ? 'The watch has ended.' : endings[ended]}</strong> This is how it was
          then.
        </p>`
      : ''
  }
  ${
    unwatched && !health
      ? html`<p class="bad">${whyUnwatched(unwatched)}</p>
          ${commandLine(nextCommand({ dataflow, drift: false, unwatched })!)}`
      : ''
  }
  ${underWay ? html`<p>${whatGoesOn(underWay)}</p>` : ''}
  ${
    unknown === undefined
      ? ''
      : html`<p class="bad">More is not known: ${unknown}</p>
          <p>${notedNow(row)?.why ?? ''}</p>`
  }`;
}

const endings: Record<NonNullable<Health['watch']['ended']>, string> = {
  gone: 'The watch has ended: AEP has the flow no more.',
  done: 'The watch has ended: the flow was to run once, and that went well.',
  stopped: 'The watch was stopped; the flow goes on.',
  replaced: 'The watch has ended: another flow has taken the place of this one.',
};

function waitingOf({ dataflow, progress }: DataflowFacts, { now }: View): Section | undefined {
  if (!progress) return undefined;
  const { approval, error, state, waiting, steps } = progress;
  const body = html`
    ${
      approval
        ? html`<p>
            <strong>A plan waits for approval:</strong> ${approval.summary}.
            ${now === undefined ? '' : html`<a class="button" href="${planAt(dataflow)}">Look at the plan</a>`}
          </p>`
        : ''
    }
    ${error ? html`<p><strong>${error.type}</strong>: ${error.message}</p>` : ''}
    ${
      state === 'waiting'
        ? html`<p>
              A person has to decide: let it go on, where it takes that with a corrected definition
              (<code>--input-file</code>), or have it give up.
            </p>
            ${commandLine(updateLine(workflowId(namedBy(dataflow)), 'resume'))}
            ${commandLine(updateLine(workflowId(namedBy(dataflow)), 'giveUp'))}`
        : ''
    }
    ${waiting.map(({ activity, message }) => html`<p>Waits, ${activity}: ${message}</p>`)}
    <ol class="steps">
      ${steps.map(({ title, state, id }) => html`<li>${title}: ${state}${id === undefined ? '' : ` ${id}`}</li>`)}
    </ol>
  `;
  return { id: 'under-way', title: 'Just now', body };
}

const planAt = (dataflow: string) => `/plan?name=${encodeURIComponent(dataflow)}`;

function failureOf(health: Health, dataflow: string, { now, actions }: View): Section | undefined {
  const { cause, lastRuns, retries, firstWindow, streak } = health;
  if (!cause && !firstWindow) return undefined;
  const [newest] = lastRuns;
  const act = actions && !health.watch.ended ? actions : undefined;
  const verb = health.command?.verb ?? 'check';
  const isAboutRun = newest !== undefined && cause !== undefined && newest.cause?.message === cause.message;
  const body = html`
    ${
      cause
        ? html`<p class="cause">
              ${cause.code === undefined ? '' : html`<code>${cause.code}</code> `}${cause.message}
            </p>
            ${facts([
              ['Which half', cause.activity],
              ['Run', isAboutRun ? html`<code>${newest.runId}</code>` : undefined],
              ['It began', isAboutRun ? timeOf(newest.start, now) : undefined],
              ['Rows', isAboutRun ? rowsOf(newest) : undefined],
              ['In a row', streak && streak.runs > 1 ? `${streak.runs} runs ${streak.verdict}` : undefined],
              ['Runs missed', health.missedRuns],
              ['Last success', health.lastSuccess && timeOf(health.lastSuccess.end, now)],
            ])}
            <p><strong>Next:</strong> ${cause.next}</p>`
        : ''
    }
    ${
      firstWindow
        ? html`<p class="cause">${firstWindow.is}: ${firstWindow.cause.message}</p>
            <p><strong>Next:</strong> ${firstWindow.cause.next}</p>`
        : ''
    }
    ${retries.map(
      ({ runId, tried, at }) =>
        html`<p>
          AEP is asked to run <code>${runId}</code> again ${at === undefined ? 'now' : timeOf(at, now)}
          (${tried} times before).
        </p>`,
    )}
    ${act ? actionForm(verb, dataflow, act) : ''}
    ${health.watch.ended ? '' : commandLine(health.command?.line ?? aepLine(verb, dataflow))}
  `;
  return { id: 'failure', title: 'What is wrong', body };
}

function rowsOf(run: Health['lastRuns'][number]): string | undefined {
  const { recordsRead, recordsWritten } = run;
  const lost = lostOf(run);
  const parts = [
    recordsRead === undefined ? undefined : `${count(recordsRead)} read`,
    recordsWritten === undefined ? undefined : `${count(recordsWritten)} written`,
    lost > 0 ? `${count(lost)} lost` : undefined,
  ].filter((part) => part !== undefined);
  return parts.length > 0 ? parts.join(', ') : undefined;
}

function driftOf({ drift, watch }: Health, dataflow: string, { now, actions }: View): Section | undefined {
  if (!drift) return undefined;
  const value = (text: string | null) => (text === null ? html`<i>nothing</i>` : text);
  const body = html`
    <p>
      Seen
      ${timeOf(drift.noticed, now)}${drift.at === undefined ? '' : html`, changed ${timeOf(drift.at, now)}`},
      by ${drift.by}.
    </p>
    ${table(
      'What others have changed',
      [{ title: 'Field' }, { title: 'Was' }, { title: 'Is' }],
      drift.changes.map(
        ({ field, from, to }) =>
          html`<tr>
            <th scope="row">${field}</th>
            <td>${value(from)}</td>
            <td>${value(to)}</td>
          </tr>`,
      ),
    )}
    <p>An update with the definition as it is sets back what the definition says.</p>
    ${actions && !watch.ended ? actionForm('accept-drift', dataflow, actions) : ''}
    ${commandLine(aepLine('accept-drift', dataflow))}
  `;
  return { id: 'drift', title: 'Changed by others', body };
}

function plotsOf(health: Health): Html {
  const plots = [rowsPlot(health), durationPlot(health)].filter((plot) => plot !== undefined);
  if (plots.length === 0) return html`<p>No run has ended yet.</p>`;
  return html`<div class="charts">${plots}</div>`;
}

function runsOf({ lastRuns, openRuns }: Health, { now }: View): Html {
  const number = (value: number | undefined) =>
    html`<td class="number">${value === undefined ? '' : count(value)}</td>`;
  return html`${openRuns.map(
    ({ runId, start, verdict }) =>
      html`<p>${badge(verdict)} <code>${runId}</code> began ${timeOf(start, now)} and has not ended.</p>`,
  )}
  ${
    lastRuns.length === 0
      ? html`<p>No run has ended yet.</p>`
      : table(
          'Latest runs',
          [
            { title: 'Start' },
            { title: 'Verdict' },
            { title: 'Read', kind: 'number wide' },
            { title: 'Written', kind: 'number' },
            { title: 'Lost', kind: 'number' },
            { title: 'Took', kind: 'number wide' },
            { title: 'Run', kind: 'wide' },
            { title: 'Why' },
          ],
          lastRuns.map((run) => {
            const lost = lostOf(run);
            const seconds = secondsOf(run);
            return html`<tr>
              <th scope="row">${timeOf(run.start, now)}</th>
              <td>${badge(run.verdict)}</td>
              <td class="number wide">${run.recordsRead === undefined ? '' : count(run.recordsRead)}</td>
              ${number(run.recordsWritten)}
              <td class="number">${lost > 0 ? html`<strong class="lost">${count(lost)}</strong>` : ''}</td>
              <td class="number wide">${seconds === undefined ? '' : duration(seconds)}</td>
              <td class="wide"><code>${run.runId}</code></td>
              <td>${run.cause?.message ?? ''}</td>
            </tr>`;
          }),
        )
  }`;
}

function chainBody(chain: ReturnType<typeof chainOf>): Html {
  return html`<div class="scroll" role="region" aria-label="The chain as a picture" tabindex="0">
      ${chainPicture(chain)}
    </div>
    <details>
      <summary>All ids</summary>
      ${facts(chain.map(({ title, id }) => [title, id === undefined ? undefined : html`<code>${id}</code>`]))}
    </details>`;
}

function factsOf(health: Health, dataflow: string, { now, actions }: View): Html {
  const { verdict, totals, usual, watch, lastSuccess, nextRunDue, undelivered } = health;
  const { notify, retry, pauseAfter } = watch.settings ?? {};
  const time = (at: string | undefined) => (at === undefined ? undefined : timeOf(at, now));
  return html`${facts([
    ['Sandbox', health.sandbox],
    ['Connector', health.connector],
    ['Flow in AEP', health.flowName],
    ['Flow id', html`<code>${health.flowId}</code>`],
    ['Last success', time(lastSuccess?.end)],
    ['Next run due', time(nextRunDue)],
    ['A run usually writes', usual.records === undefined ? undefined : `${count(usual.records)} rows`],
    ['and takes', usual.durationSeconds === undefined ? undefined : duration(usual.durationSeconds)],
    [
      'Judged so far',
      `${count(totals.ok)} ok, ${count(totals.degraded)} degraded, ${count(totals.failed)} failed`,
    ],
    ['Messages that nobody took', undelivered > 0 ? count(undelivered) : undefined],
    ['Told to', toldTo(notify)],
    ['Failed runs are run again', retry && `${retry.times} times`],
    [
      'Disabled after',
      pauseAfter === undefined ? undefined : `${JSON.stringify(pauseAfter)} failures in a row`,
    ],
    ['Watched since', time(watch.began)],
    ['Last news of AEP', time(watch.lastNews)],
  ])}
  ${actions && !watch.ended ? actionForm('check', dataflow, actions) : ''}
  ${actions && !watch.ended && verdict !== 'paused' ? actionForm('pause', dataflow, actions) : ''}`;
}

function toldTo(notify: NonNullable<Health['watch']['settings']>['notify']): string {
  const receivers = Object.entries(notify ?? {}).flatMap(([by, to]) =>
    to === undefined ? [] : `${by} ${typeof to === 'string' ? to : to.workflowId}`,
  );
  return receivers.join(', ');
}

function historyOf({ history, dataflow }: DataflowFacts, { now }: View): Html {
  if (history.length === 0) return html`<p>Temporal keeps nothing of it any more.</p>`;
  return html`${table(
    'What was done, the newest first',
    [{ title: 'When' }, { title: 'What' }, { title: 'How it ended' }, { title: 'By' }, { title: '' }],
    history.toReversed().map(({ at, what, status = '', startedBy, failure, drift, plan, decisions = [] }) => {
      const said = failure?.message ?? plan?.summary ?? drift?.changes.map(({ field }) => field).join(', ');
      return html`<tr>
        <th scope="row">${timeOf(at, now)}</th>
        <td>${what}</td>
        <td>${status}</td>
        <td>${drift?.by ?? startedBy ?? ''}</td>
        <td>
          ${said ?? ''}
          ${decisions.map(
            ({ decision, saidToBeBy, why }) =>
              html`<br />${decision}, said to be by ${saidToBeBy}${why === undefined ? '' : `: ${why}`}`,
          )}
        </td>
      </tr>`;
    }),
  )}
  ${now === undefined ? '' : html`<p><a href="${planAt(dataflow)}">The newest plan</a></p>`}`;
}
