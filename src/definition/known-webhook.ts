import { tellSome } from '../cut.ts';
import { didYouMean, nearest } from './nearest.ts';
import type { Problem } from './problems.ts';
import type { Watch } from './watch.ts';

/** What is wrong with the webhook that a watch names, where workers know these. */
export function problemsOfWebhook({ notify }: Watch = {}, known: string[]): Problem[] {
  const name = notify?.webhook;
  if (name === undefined || known.includes(name)) return [];
  const variable = `AEP_WEBHOOK_${name.toUpperCase().replaceAll('-', '_')}`;
  const message = `The environment of the worker has no webhook "${name}"${tellKnown(name, known)}: set ${variable}_URL and ${variable}_KEY on every worker.`;
  return [{ field: 'notify.webhook', message }];
}

function tellKnown(name: string, known: string[]): string {
  if (known.length === 0) return ', nor any other';
  return `, only ${tellSome(known)}${didYouMean(nearest(name, known))}`;
}
