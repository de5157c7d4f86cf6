import { authTypesOf, paramsOf } from './auth-types.ts';
import { connectionWorkflowId, secretPlaces } from './connection.ts';
import { connectors, type ConnectorName } from './connectors.ts';
import type { Suggest } from './nearest.ts';
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
  if (!connector || auth?.type === undefined) return;
  const known = authTypesOf(connector);
  const type = known.find((one) => one.name === auth.type);
  const names = known.map((one) => one.name);
  if (!type) {
    const near = suggest(auth.type, names);
    const hint = near === undefined || names.length === 1 ? '' : `; did you mean "${near}"?`;
    const { title } = connectors[connector];
    report(
      `${at}auth.type`,
      `must be ${names.map((one) => `"${one}"`).join(' or ')}, as AEP writes it for ${title}${hint || '.'} For one that is not known here give source.connectionSpec instead of source.connector`,
    );
    return;
  }
  if (isWrong(`${at}auth.params`) && !auth.params) return;
  const { params = {} } = auth;
  const all = paramsOf(type);
  const unknownKey = unknownKeys(all, suggest);
  for (const key of Object.keys(params))
    if (!all.includes(key)) report(`${at}auth.params.${key}`, unknownKey(key));
  for (const key of type.required)
    if (params[key] === undefined && !isWrong(`${at}auth.params.${key}`))
      report(
        `${at}auth.params.${key}`,
        `is required for "${type.name}"${type.secrets.includes(key) ? `: ${secretPlaces}` : ''}`,
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
