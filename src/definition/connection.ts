import { z } from 'zod';
import type { Definition } from './definition.ts';
import type { Source } from './source.ts';
import { line, partName, prose, resourceId } from './text.ts';

/** Where the worker finds a secret: in its environment, or in a file. Nothing is read before it is sent. */
const place = /^(env:[A-Za-z_][A-Za-z0-9_]*|file:\/.+)$/;
export const secretPlaces = '{"secret": "env:NAME"} or {"secret": "file:/run/secrets/NAME"}';

/** The reference to a secret that a word is, such as `env:SHOP_PASSWORD`. */
export function secretReference(word: string): { secret: string } | undefined {
  return place.test(word) ? { secret: word } : undefined;
}

/** A reference to a secret, where it stands for one. */
export function isSecretReference(value: unknown): value is { secret: string } {
  if (typeof value !== 'object' || value === null || Object.keys(value).join() !== 'secret') return false;
  const { secret } = value as { secret: unknown };
  return typeof secret === 'string' && place.test(secret);
}

const param = () =>
  z.union(
    [
      line(2_000),
      z.number(),
      z.boolean(),
      z.strictObject({
        secret: line(1_000)
          .regex(place, `must say where the worker finds it: ${secretPlaces}`)
          .describe(
            '"env:NAME": in the environment of the worker; "file:/…": in a file below AEP_SECRETS_DIR.',
          ),
      }),
    ],
    { error: `must be text, a number, true, false, or a reference such as ${secretPlaces}` },
  );

export const auth = () =>
  z
    .strictObject({
      type: line(200).describe(
        'The authentication type, as AEP writes it ("Basic Authentication"): auth.specName of the connection.',
      ),
      params: z
        .record(line(100), param())
        .describe('All of its params. No secret is written down: it is referred to.'),
    })
    .describe('How the source is signed in to. With it the base connection is made, and kept as it says.');

export type Auth = z.infer<ReturnType<typeof auth>>;

const connectionName = () =>
  partName().describe("The base connection's name in AEP, which must be the only one of it.");
const connectionIdOrName = () => resourceId('. A name is given as {"name": "…"}');

/** A base connection that is there: its id, or the name of which it is the only one. */
export const existingConnection = () =>
  z.union([connectionIdOrName(), z.strictObject({ name: connectionName() })], {
    error: 'must be the id of a base connection, or {"name"} of one',
  });

export type ExistingConnection = z.infer<ReturnType<typeof existingConnection>>;

const named = () =>
  z.strictObject({
    name: connectionName(),
    description: prose().optional().describe('Description of a base connection that is made.'),
    auth: auth().optional(),
  });

/** The base connection of a source: an existing one by its id or its name, or one that is made. */
export const connection = () =>
  z
    .union([connectionIdOrName(), named()], {
      error: 'must be the id of a base connection, {"name"} of one, or {"name", "auth"} of one that is made',
    })
    .describe(
      'The base connection: the id of an existing one, {"name"} of one, or {"name", "auth"} of one that is made and that dataflows share. Or give baseConnectionId.',
    );

/** The base connection that a source names, and the field in which it does. */
export type GivenConnection = { field: string } & (
  | { id: string; name?: never }
  | { id?: never; name: string; auth?: Auth | undefined; description?: string | undefined }
);

/** Undefined where the source has none: some connectors have none. */
export function givenConnection({
  baseConnectionId,
  connection,
}: Pick<Source, 'baseConnectionId' | 'connection'>): GivenConnection | undefined {
  if (connection === undefined)
    return baseConnectionId === undefined
      ? undefined
      : { field: 'source.baseConnectionId', id: baseConnectionId };
  const field = 'source.connection';
  return typeof connection === 'string'
    ? { field, id: connection }
    : { field: `${field}.name`, ...connection };
}

/** The definition as it is once AEP's id of its base connection is known. */
export function withBaseConnection(definition: Definition, id: string): Definition {
  return { ...definition, source: { ...definition.source, baseConnectionId: id } };
}

/** What the mark of a base connection that we made names: `<sandbox>/<name>`. */
export function connectionId({ sandbox, name }: { sandbox: string; name: string }): string {
  return `${sandbox}/${name}`;
}

/** The workflow id under which a base connection is made, changed and deleted: its lock, since dataflows share it. */
export function connectionWorkflowId({ sandbox, name }: { sandbox: string; name: string }): string {
  return `connection:${sandbox}:${name}`;
}
