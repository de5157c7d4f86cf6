import { tellSome } from '../cut.ts';
import { didYouMean, nearest } from './nearest.ts';
import type { Problem } from './problems.ts';
import type { ChannelKind, Watch } from './watch.ts';

type ReceiverKind = 'webhook' | ChannelKind;

/** The names of those whom workers can tell. */
export type KnownReceivers = Partial<Record<ReceiverKind, string[]>>;

/** What each is called, and the variables of a worker that make one known. */
export const receivers: Record<ReceiverKind, { title: string; variables: (name: string) => string }> = {
  webhook: {
    title: 'webhook',
    variables: (name) => `AEP_WEBHOOK_${name}_URL and AEP_WEBHOOK_${name}_KEY`,
  },
  slack: { title: 'Slack channel', variables: (name) => `AEP_SLACK_${name}_URL` },
  teams: { title: 'Teams channel', variables: (name) => `AEP_TEAMS_${name}_URL` },
  email: {
    title: 'e-mail receivers',
    variables: (name) => `AEP_EMAIL_${name}_TO, AEP_SMTP_URL and AEP_SMTP_FROM`,
  },
};

export const receiverKinds = Object.keys(receivers) as ReceiverKind[];

/** What is wrong with those whom a watch is to tell, where workers know these. */
export function problemsOfReceivers({ notify }: Watch = {}, known: KnownReceivers): Problem[] {
  return receiverKinds.flatMap((kind) => {
    const name = notify?.[kind];
    const names = known[kind] ?? [];
    if (name === undefined || names.includes(name)) return [];
    const { title, variables } = receivers[kind];
    const message = `The environment of the worker has no ${title} "${name}"${tellKnown(name, names)}: set ${variables(name.toUpperCase().replaceAll('-', '_'))} on every worker.`;
    return [{ field: `notify.${kind}`, message }];
  });
}

function tellKnown(name: string, known: string[]): string {
  if (known.length === 0) return ', nor any other';
  return `, only ${tellSome(known)}${didYouMean(nearest(name, known))}`;
}
