import { objectAt, objectsAt, textAt, timeOf } from './json.ts';
import type { JsonObject } from './resource.ts';

/** What says that we made a base connection, and which credentials we gave it last. */
export interface ConnectionMark {
  /** `<sandbox>/<name>` of the base connection. */
  connection: string;
  /** Drawn anew for each request: eight lower-case letters and digits. */
  nonce: string;
  /** Keyed digest of the authentication type, its params and the secrets among them. */
  credentials: string;
  /** AEP's test of them has passed. */
  isTested: boolean;
}

/** A base connection as AEP shows it. Its params are masked. */
export interface ObservedConnection {
  id: string;
  name?: string;
  /** Without the mark. */
  description: string;
  mark?: ConnectionMark;
  state?: string;
  connectionSpecId?: string;
  authType?: string;
  /** Epoch milliseconds. */
  createdAt?: number;
}

export const baseConnectionTitle = 'base connection';

/** Not what begins the mark of a dataflow's resources: base connections are no dataflow's. */
const intro = 'Managed by aep-dataflows as the connection ';
const written =
  /^Managed by aep-dataflows as the connection (.+) #([a-z0-9]{8}), credentials ([0-9a-f]{32})(, not tested)?$/;

/** A description with the mark as its last line. */
export function withConnectionMark(description: string, mark: ConnectionMark): string {
  const tested = mark.isTested ? '' : ', not tested';
  const line = `${intro}${mark.connection} #${mark.nonce}, credentials ${mark.credentials}${tested}`;
  return description === '' ? line : `${description}\n${line}`;
}

export function observeConnection(answer: JsonObject): ObservedConnection {
  const text = textAt(answer, 'description') ?? '';
  const at = text.lastIndexOf(intro);
  const match = written.exec(text.slice(at).trimEnd());
  const name = textAt(answer, 'name');
  const state = textAt(answer, 'state');
  const connectionSpecId = textAt(objectAt(answer, 'connectionSpec'), 'id');
  const authType = textAt(objectAt(answer, 'auth'), 'specName');
  const createdAt = timeOf(answer['createdAt']);
  return {
    id: textAt(answer, 'id') ?? '',
    ...(name === undefined ? {} : { name }),
    description: match ? text.slice(0, at).trimEnd() : text,
    ...(match ? { mark: markIn(match) } : {}),
    ...(state === undefined ? {} : { state }),
    ...(connectionSpecId === undefined ? {} : { connectionSpecId }),
    ...(authType === undefined ? {} : { authType }),
    ...(createdAt === undefined ? {} : { createdAt }),
  };
}

function markIn(match: RegExpExecArray): ConnectionMark {
  return {
    connection: match[1]!,
    nonce: match[2]!,
    credentials: match[3]!,
    isTested: match[4] === undefined,
  };
}

/** The id of the base connection that a flow loads from, as AEP notes it in the flow. */
export function baseConnectionsOfFlow(flow: JsonObject): string[] {
  return objectsAt(objectAt(flow, 'inheritedAttributes'), 'sourceConnections').flatMap(
    (one) => textAt(objectAt(one, 'baseConnection'), 'id') ?? [],
  );
}
