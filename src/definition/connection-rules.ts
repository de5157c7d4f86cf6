import { authTypesOf, paramsOf, type AuthType } from './auth-types.ts';
import { connectionWorkflowId, secretPlaces } from './connection.ts';
import { connectors, type ConnectorName } from './connectors.ts';
import { didYouMean, type Suggest } from './nearest.ts';
import type { Report, Rule } from './rules.ts';
import { unknownKeys } from './shape.ts';
import { workflowIdProblem } from './text.ts';

/** A base connection that is to be made, of which any part may be missing or wrong. */
interface Asked {
  sandbox?: string | undefined;
  name?: string | undefined;
  connector?: ConnectorName | undefined;
  auth?: { type?: string | undefined; params?: Record<string, unknown> | undefined } | undefined;
}

/** What is wrong with it between fields: `at` is what stands before the names of these. */
export function checkConnection(
  { sandbox, name, connector, auth }: Asked,
  at: string,
  report: Report,
  isWrong: (field: string) => boolean,
  suggest: Suggest,
): void {
  if (name?.includes('/')) report(`${at}name`, 'must have no slash, which its workflow id would have, too');
  const problem =
    sandbox === undefined || name === undefined
      ? undefined
      : workflowIdProblem(connectionWorkflowId({ sandbox, name }));
  if (problem) report(`${at}name`, problem);
  if (!connector || !auth) return;
  const { title, baseConnection } = connectors[connector];
  // A definition tells that of its connection.
  if (!baseConnection) {
    if (at === '') report('connector', `needs none: ${title} has no base connection`);
    return;
  }
  const instead = 'For one that is not known here give source.connectionSpec instead of source.connector';
  checkAuth(auth, authTypesOf(connector), { title, instead }, `${at}auth.`, { report, isWrong, suggest });
}

/** What checks tell problems with. */
interface Telling {
  report: Report;
  isWrong: (field: string) => boolean;
  suggest: Suggest;
}

/**
 * What is wrong with the credentials of a connector that has these authentication types.
 * @param at what stands before `type` and `params`.
 */
export function checkAuth(
  { type, params }: NonNullable<Asked['auth']>,
  known: readonly AuthType[],
  { title, instead }: { title: string; instead?: string },
  at: string,
  { report, isWrong, suggest }: Telling,
): void {
  if (type === undefined) return;
  const meant = known.find((one) => one.name === type);
  if (!meant) {
    const names = known.map((one) => one.name);
    const hint = didYouMean(names.length === 1 ? undefined : suggest(type, names));
    const told = `must be ${names.map((one) => `"${one}"`).join(' or ')}, as AEP writes it for ${title}${hint}`;
    report(`${at}type`, instead === undefined ? told : `${told.replace(/(?<!\?)$/, '.')} ${instead}`);
    return;
  }
  // That they are not there, or are none, is told of them as a whole.
  if (params === undefined) return;
  const isGiven = (key: string) => params[key] !== undefined || isWrong(`${at}params.${key}`);
  const all = paramsOf(meant);
  const unknownKey = unknownKeys(all, suggest);
  for (const key of Object.keys(params))
    if (!all.includes(key)) report(`${at}params.${key}`, unknownKey(key));
  for (const key of meant.required.filter((one) => !isGiven(one)))
    report(
      `${at}params.${key}`,
      `is required for "${type}"${meant.secrets.includes(key) ? `: ${secretPlaces}` : ''}`,
    );
}

/** A base connection that a definition has made. */
export const connectionToMake: Rule = ({ sandbox, source }, report, isWrong, suggest) => {
  const connection = source?.connection;
  if (typeof connection !== 'object' || (!connection.auth && !isWrong('source.connection.auth'))) return;
  const { name, auth } = connection;
  checkConnection(
    { sandbox, name, connector: source?.connector, auth },
    'source.connection.',
    report,
    isWrong,
    suggest,
  );
};
