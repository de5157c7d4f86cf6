import { html } from 'hono/html';
import type { Plan } from '../client.ts';
import { aepLine } from '../command-line.ts';
import { cutJson } from '../cut.ts';
import type { Change, Step } from '../plan/plan.ts';
import { isIdle } from '../plan/plan.ts';
import { titleOf } from '../resources/index.ts';
import { actionForm } from './actions.ts';
import type { View } from './dataflow-page.ts';
import type { DataflowFacts } from './facts.ts';
import type { Html, Page, Section } from './layout.ts';
import { commandLine, table } from './parts.ts';

const longestValue = 2_000;
const mostRows = 200;

/** The newest plan of a dataflow as a page: before and after, and a decision where it waits for one. */
export function planPage(known: DataflowFacts, plan: Plan | undefined, view: View): Page {
  const { dataflow } = known;
  const title = `Plan for ${dataflow}`;
  const back = html`<p><a href="/dataflow?name=${encodeURIComponent(dataflow)}">${dataflow}</a></p>`;
  if (!plan)
    return {
      title,
      status: 404,
      sections: [
        {
          id: 'summary',
          body: html`${back}
            <p>Nothing has planned it, or it is not kept any more.</p>`,
        },
      ],
    };
  const busy = plan.steps.filter(({ action }) => !isIdle(action));
  const sections: (Section | undefined)[] = [
    { id: 'summary', body: html`${back}${summaryOf(plan, known)}` },
    decisionOf(known, plan, view),
    problemsOf(plan),
    {
      id: 'changes',
      title: 'Before and after',
      body: html`${busy.length === 0 ? html`<p>Nothing in AEP is made or changed.</p>` : busy.map(stepOf)}
      ${
        plan.watch && plan.watch.changes.length > 0
          ? html`<h3>Watch is changed</h3>
              ${changesOf('watch', plan.watch.changes)}`
          : ''
      }`,
    },
    idleOf(plan),
  ];
  return { title, said: plan.summary, sections: sections.filter((one) => one !== undefined) };
}

function summaryOf({ summary, digest }: Plan, { progress, history }: DataflowFacts): Html {
  const decided = progress?.decision ?? history.at(-1)?.decisions?.at(-1);
  const waits = progress?.approval?.digest === digest;
  return html`<p class="big">${summary}.</p>
    <p>
      ${
        waits
          ? html`<strong>It waits for approval.</strong>`
          : decided?.digest === digest
            ? `It was ${decided.decision}, said to be by ${decided.saidToBeBy}${decided.why === undefined ? '' : `: ${decided.why}`}.`
            : 'It waits for nobody.'
      }
    </p>
    <p>Digest: <code>${digest}</code></p>`;
}

function decisionOf(
  { dataflow, progress }: DataflowFacts,
  { digest }: Plan,
  { actions }: View,
): Section | undefined {
  if (progress?.approval?.digest !== digest) return undefined;
  const by = (id: string) =>
    html`<label for="${id}-by">Your name, as the others are to read it</label>
      <input id="${id}-by" name="by" required autocomplete="name" />`;
  const body = actions
    ? html`<div class="decisions">
        ${actionForm(
          'approve',
          dataflow,
          actions,
          html`<input type="hidden" name="digest" value="${digest}" />
            ${by('approve')}
            <label for="approve-why">Why, if you like</label>
            <input id="approve-why" name="why" />`,
        )}
        ${actionForm(
          'reject',
          dataflow,
          actions,
          html`${by('reject')}
            <label for="reject-why">Why</label>
            <input id="reject-why" name="why" required />`,
        )}
      </div>`
    : html`${commandLine(aepLine('approve', dataflow, ` --digest ${digest} --by 'YOUR NAME'`))}
      ${commandLine(aepLine('reject', dataflow, " --by 'YOUR NAME' --why 'WHY'"))}`;
  return { id: 'decision', title: 'Decide', body };
}

function problemsOf({ problems, warnings, choices }: Plan): Section | undefined {
  if (problems.length + warnings.length + choices.length === 0) return undefined;
  const body = html`<ul>
      ${problems.map(
        ({ field, message }) =>
          html`<li><strong>Problem</strong> ${field ? html`<code>${field}</code>: ` : ''}${message}</li>`,
      )}
      ${warnings.map(({ message }) => html`<li>Warning: ${message}</li>`)}
    </ul>
    ${choices.map(
      ({ name, options }) =>
        html`<p>A choice to make, <code>${name}</code>:</p>
          <ul>
            ${options.map(({ value, consequence }) => html`<li><code>${value}</code>: ${consequence}</li>`)}
          </ul>`,
    )}`;
  return { id: 'problems', title: 'Problems, warnings and choices', body };
}

const words: Partial<Record<Step['action'], string>> = {
  create: 'is made',
  update: 'is changed',
  replace: 'is replaced',
  remove: 'is deleted',
  conflict: 'is in the way',
};

function stepOf({ kind, action, id, reason, changes }: Step): Html {
  return html`<h3 class="${action}">${titleOf(kind)} ${words[action] ?? action}</h3>
    <p>${reason}${id === undefined ? '' : html` <code>${id}</code>`}</p>
    ${changes.length === 0 ? '' : changesOf(titleOf(kind), changes)}`;
}

function changesOf(what: string, changes: readonly Change[]): Html {
  return table(
    `What changes of the ${what}`,
    [{ title: 'Field' }, { title: 'Before' }, { title: 'After' }],
    changes.map((change) => {
      const [before, after] =
        'from' in change
          ? [valueOf(change.from, 'del'), valueOf(change.to, 'ins')]
          : [rowsOf(change.removed, 'del'), rowsOf(change.added, 'ins')];
      return html`<tr>
        <th scope="row">${change.field}</th>
        <td>${before}</td>
        <td>${after}</td>
      </tr>`;
    }),
  );
}

function valueOf(value: unknown, as: 'del' | 'ins'): Html {
  if (value === null || value === undefined) return html`<i>nothing</i>`;
  const text = typeof value === 'string' ? value : cutJson(value, longestValue);
  return as === 'del' ? html`<del>${text}</del>` : html`<ins>${text}</ins>`;
}

function rowsOf(rows: readonly unknown[], as: 'del' | 'ins'): Html {
  const more = rows.length - mostRows;
  return html`${rows.slice(0, mostRows).map((row) => html`<div>${valueOf(row, as)}</div>`)}
  ${more > 0 ? `and ${more} more` : ''}`;
}

function idleOf({ steps }: Plan): Section | undefined {
  const idle = steps.filter(({ action }) => isIdle(action));
  if (idle.length === 0) return undefined;
  const body = html`<ul>
    ${idle.map(
      ({ kind, id, reason }) =>
        html`<li>${titleOf(kind)}${id === undefined ? '' : html` <code>${id}</code>`}: ${reason}</li>`,
    )}
  </ul>`;
  return { id: 'idle', title: 'Stays as it is', body };
}
