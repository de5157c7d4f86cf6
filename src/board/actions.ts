import { html } from 'hono/html';
import type { AepDataflows } from '../client.ts';
import { namedBy } from '../definition/identity.ts';
import type { Html } from './layout.ts';

/** What can be done on a page, by whoever has the page. */
export interface Actions {
  /** Goes with each form: no other page knows it. */
  secret: string;
}

/** What a form asks for. */
export type Asked = Record<string, string | undefined>;

interface Action {
  /** On its button. */
  title: string;
  /** Does it, and says so. @throws DataflowError where it is refused */
  does(client: AepDataflows, dataflow: string, asked: Asked): Promise<string>;
}

const watcherOf = (client: AepDataflows, dataflow: string) => client.watcherOf(namedBy(dataflow));

/** What may be asked for from a page, by the name of the command that does the same. */
export const actions = {
  retry: {
    title: 'Run it again',
    async does(client, dataflow) {
      const { runId } = await (await watcherOf(client, dataflow)).retryRun();
      return `AEP runs it again: ${runId}`;
    },
  },
  pause: {
    title: 'Disable the flow',
    async does(client, dataflow) {
      await (await watcherOf(client, dataflow)).pause();
      return 'The flow is disabled: AEP loads nothing until it is enabled.';
    },
  },
  resume: {
    title: 'Enable the flow',
    async does(client, dataflow) {
      const { note } = await (await watcherOf(client, dataflow)).resume();
      return ['The flow is enabled.', note].filter(Boolean).join(' ');
    },
  },
  check: {
    title: 'Look at AEP now',
    async does(client, dataflow) {
      const { verdict } = await (await watcherOf(client, dataflow)).checkNow();
      return `Its watcher has looked: ${verdict}.`;
    },
  },
  'accept-drift': {
    title: 'Take the flow as it is',
    async does(client, dataflow) {
      await (await watcherOf(client, dataflow)).acceptDrift();
      return 'What others have changed is drift no more.';
    },
  },
  approve: {
    title: 'Approve',
    async does(client, dataflow, { by = '', why, digest = '' }) {
      await client.dataflow(namedBy(dataflow)).approve({ by, digest, ...(why ? { why } : {}) });
      return 'Approved: it is carried out now.';
    },
  },
  reject: {
    title: 'Reject',
    async does(client, dataflow, { by = '', why = '' }) {
      await client.dataflow(namedBy(dataflow)).reject({ by, why });
      return 'Rejected: nothing is done.';
    },
  },
} satisfies Record<string, Action>;

export type ActionName = keyof typeof actions;

/** A button that asks for an action, with the fields that it needs. */
export function actionForm(
  name: ActionName,
  dataflow: string,
  { secret }: Actions,
  fields: Html | '' = '',
): Html {
  return html`<form method="post" action="/do/${name}" class="action">
    <input type="hidden" name="secret" value="${secret}" />
    <input type="hidden" name="dataflow" value="${dataflow}" />
    ${fields}
    <button type="submit">${actions[name].title}</button>
  </form>`;
}
