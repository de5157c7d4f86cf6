import { cancellationSignal } from '@temporalio/activity';
import type { Aep } from '../../aep/aep.ts';
import { AepError, Rejected, Unauthorized } from '../../aep/errors.ts';
import type { Call } from '../../aep/http.ts';
import { cut, longestText } from '../../cut.ts';
import { nearest } from '../../definition/nearest.ts';
import { failedCheck, passed, type SetupCheck } from '../../setup-check.ts';
import { beating } from '../attempt.ts';
import type { Dependencies } from '../dependencies.ts';

export interface CheckAepRequest {
  /** Where the services are asked. Absent: in the first sandbox that AEP names. */
  sandbox?: string;
}

/** Milliseconds for one call. */
const timeoutMs = 10_000;
/** The plan of a first window, and the end of a token, bear this much. Milliseconds. */
const mostAheadMs = 60_000;
const longestList = 10;

/** Nothing has this id: that AEP says so shows that it lets us ask. */
const nobody = '00000000-0000-4000-8000-000000000000';
/** Catalog's ids are of another form. */
const noDataset = '000000000000000000000000';
/** Nor are those of schemas. */
const noSchema = `https://ns.adobe.com/nobody/schemas/${nobody}`;

/** What AEP says to this worker, with its credentials. It changes nothing, and never fails: what is wrong is its answer. */
export function createSetupActivities({ aep }: Pick<Dependencies, 'aep'>) {
  return {
    checkAep: ({ sandbox }: CheckAepRequest): Promise<SetupCheck[]> =>
      beating(() => checkAep(aep, { sandbox: sandbox ?? '', signal: cancellationSignal(), timeoutMs })),
  };
}

async function checkAep(aep: Aep, call: Call): Promise<SetupCheck[]> {
  const asked = await answerOf(aep.sandboxes(call));
  const first = wayTo(asked.error);
  if (first.some(({ ok }) => !ok)) return first;
  const clock = clockOf(aep.now() - Date.now());
  if (asked.error)
    return [
      ...first,
      clock,
      told('sandboxes', asked.error),
      ...(call.sandbox ? await services(aep, call) : []),
    ];
  const names = asked.answer ?? [];
  const sandbox = call.sandbox || names[0];
  const known = sandboxOf(names, call.sandbox);
  const others = known.ok && sandbox !== undefined ? await services(aep, { ...call, sandbox }) : [];
  return [...first, clock, known, ...others];
}

/** The token, and the network. */
function wayTo(error: AepError | undefined): SetupCheck[] {
  if (error?.call.includes('/ims/token')) return [told('token', error)];
  const token = passed('token', 'Adobe gives one to the client of this worker');
  const isAway = error !== undefined && error.status === undefined;
  return [token, isAway ? told('AEP', error) : passed('AEP', 'it answers')];
}

function clockOf(aheadMs: number): SetupCheck {
  const seconds = Math.round(Math.abs(aheadMs) / 1_000);
  const found = `AEP's is ${seconds} s ${aheadMs < 0 ? 'behind' : 'ahead of'} this worker's`;
  return seconds * 1_000 <= mostAheadMs
    ? passed('clock', found)
    : failedCheck('clock', found, 'Have the machine of the worker set its clock by NTP.');
}

function sandboxOf(names: readonly string[], wanted: string): SetupCheck {
  const all = `${names.slice(0, longestList).join(', ')}${names.length > longestList ? ` and ${names.length - longestList} more` : ''}`;
  if (names.length === 0)
    return failedCheck(
      'sandboxes',
      'AEP names none to this client',
      'In AEP, under Permissions, add the API credential to a role that has a sandbox.',
    );
  if (wanted === '' || names.includes(wanted)) return passed('sandboxes', all);
  const meant = nearest(wanted, names);
  return failedCheck(
    'sandboxes',
    `AEP has no active sandbox ${wanted} for this client: there are ${all}`,
    `${meant === undefined ? '' : `Did you mean ${meant}? `}Else add the API credential to a role that has this sandbox.`,
  );
}

/** Each service that a dataflow is made of has permissions of its own. To read is all that is tried. */
function services(aep: Aep, call: Call): Promise<SetupCheck[]> {
  const { flowService, schemaRegistry, catalog, dataPrep } = aep;
  const asks: [string, Promise<unknown>][] = [
    ['Flow Service', flowService.flows.get(call, nobody)],
    ['Schema Registry', schemaRegistry.schemas.get(call, noSchema)],
    ['Catalog', catalog.datasets.get(call, noDataset)],
    ['Data Prep', dataPrep.mappingSets.get(call, nobody)],
  ];
  return Promise.all(
    asks.map(async ([service, ask]) => {
      const { error } = await answerOf(ask);
      // It may call the id a wrong one: it has let us ask.
      const isAnswer = error === undefined || (error instanceof Rejected && error.status !== 403);
      return isAnswer ? passed(service, `it lets this client read in ${call.sandbox}`) : told(service, error);
    }),
  );
}

async function answerOf<Answer>(asked: Promise<Answer>): Promise<{ answer?: Answer; error?: AepError }> {
  try {
    return { answer: await asked };
  } catch (error) {
    if (error instanceof AepError) return { error };
    throw error;
  }
}

function told(check: string, error: AepError): SetupCheck {
  const next =
    error instanceof Unauthorized
      ? 'Check AEP_CLIENT_ID, AEP_CLIENT_SECRET, AEP_ORG_ID and AEP_SCOPES of the worker, and in AEP, under Permissions, the role of the API credential.'
      : 'Check AEP_API_URL and AEP_IMS_URL of the worker, and the network there; if they are right, try again later.';
  return failedCheck(check, cut(error.message, longestText), next);
}
