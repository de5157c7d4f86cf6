import { authTypesOf, paramsOf } from './auth-types.ts';
import { isSecretReference, secretPlaces } from './connection.ts';
import { isConnectorName } from './connectors.ts';
import { isObject } from './plain-json.ts';
import { fieldOf, type Problem } from './problems.ts';

/*
 * A definition is the input of a workflow: whoever may read histories reads it. Credentials belong into the base
 * connection, where AEP keeps them, and definitions say where the worker finds them.
 */

/** What AEP's connectors call their secrets, without capitals and signs. What has one of these words in it is one too. */
const secretWords =
  /passw(?:or)?d|passphrase|pwd|secret|credential|connectionstring|privatekey|accesskey|accountkey|apikey|saskey|sasuri|sastoken|principalkey|keyfilecontent|accesstoken|refreshtoken|sessiontoken|securitytoken|developertoken|bearertoken|jwttoken|authtoken|authorization/;
const secretNames = new Set(['token', 'jwt', 'auth', 'sas', 'pw', 'pass']);

/**
 * `user:password@` in an address, a signed token, a private key, a signed address, a connection string: in no field have
 * they a meaning of another kind.
 */
const secretTexts = [
  /:\/\/[^\s/?#:@]*:[^\s/?#@]+@/,
  /(?<![\w-])eyJ[\w-]{10,}\.[\w-]{10,}\.[\w-]{10,}/,
  /-----BEGIN [A-Z ]*PRIVATE KEY-----/,
  /[;?&](?:password|pwd|accountkey|sharedaccesskey|sig)=[^\s;&="']/i,
];
/** Connection strings and signed addresses, in what is handed to AEP as it is. */
const secretParts = /(?:^|[;?&])\s*(?:password|pwd|accountkey|sharedaccesskey|sig)\s*=\s*[^\s;&]/i;
/** `user:password@host` without what an address begins with, there too. */
const userInfo = /^(?!mailto:)[^\s:@/?#]+:[^\s:@]+@[^\s@]+$/i;
const passedSecrets = [secretParts, userInfo];
const looksSecretThere = (text: string) => [...secretTexts, ...passedSecrets].some((one) => one.test(text));

const message =
  'must hold no secret: a definition is kept in histories. Credentials belong into the base connection in AEP; what was written here should be changed there';

/** For a secret that is written where a reference belongs. */
export const howToRefer = `must not be written here: a definition is kept in histories. Say where the worker finds it, as ${secretPlaces}; what was written here should be changed where it is from`;

/** Where a definition holds what looks like a secret. No message shows it. */
export function secretProblems(input: unknown): Problem[] {
  const source = isObject(input) ? input['source'] : undefined;
  const { connector, connection } = isObject(source) ? source : {};
  const written = isObject(connection)
    ? writtenSecrets(connection['auth'], connector, ['source', 'connection', 'auth'])
    : [];
  const fields = new Set(written.map(({ field }) => field));
  const others = secretPaths(input, passes).map((path) => ({ field: fieldOf(path), message }));
  return [...written, ...others.filter(({ field }) => !fields.has(field))];
}

/** The same for the input of `ensureConnection`. */
export function secretsAsWritten(input: unknown): Problem[] {
  return isObject(input) ? writtenSecrets(input['auth'], input['connector'], ['auth']) : [];
}

/**
 * Where the credentials of a base connection hold a secret instead of a reference to one.
 * @param path of `auth`.
 */
export function writtenSecrets(auth: unknown, connector: unknown, path: readonly string[]): Problem[] {
  const problemAt = (...inside: string[]) => ({ field: fieldOf([...path, ...inside]), message: howToRefer });
  // What stands in the place of an object would be quoted.
  if (typeof auth === 'string') return [problemAt()];
  const params = isObject(auth) ? auth['params'] : undefined;
  if (typeof params === 'string') return [problemAt('params')];
  if (!isObject(params)) return [];
  const type = isObject(auth) ? auth['type'] : undefined;
  const known =
    typeof connector === 'string' && isConnectorName(connector)
      ? authTypesOf(connector).find(({ name }) => name === type)
      : undefined;
  return Object.entries(params).flatMap(([key, value]) => {
    if (isSecretReference(value) || value === null || value === '') return [];
    if (isObject(value) && Object.hasOwn(value, 'secret')) return problemAt('params', key, 'secret');
    const isSecret = known && paramsOf(known).includes(key) ? known.secrets.includes(key) : isSecretName(key);
    return isSecret || (typeof value === 'string' && looksSecretThere(value)) ? problemAt('params', key) : [];
  });
}

/** The same in anything. @param passes whether what stands there, and all in it, is handed on as it is: the keys tell then, too. */
export function secretPaths(
  input: unknown,
  passes: (path: readonly PropertyKey[]) => boolean,
): (readonly PropertyKey[])[] {
  const paths: (readonly PropertyKey[])[] = [];
  const report = (path: readonly PropertyKey[]) => paths.push(path);
  const visit = (value: unknown, path: readonly PropertyKey[], passedThrough: boolean): void => {
    if (typeof value === 'string') {
      if (passedThrough ? looksSecretThere(value) : secretTexts.some((one) => one.test(value))) report(path);
    } else if (Array.isArray(value)) {
      value.forEach((one, index) => visit(one, [...path, index], passedThrough));
    } else if (typeof value === 'object' && value !== null) {
      for (const [key, one] of Object.entries(value)) {
        const inside = [...path, key];
        if (passedThrough && isSecretName(key) && one !== null && one !== '') report(inside);
        else visit(one, inside, passedThrough || passes(inside));
      }
    }
  };
  visit(input, [], passes([]));
  return paths;
}

const mask = '[redacted]';

/**
 * What AEP has at a path such as `params.password`, as it may be shown: somebody else may have put a secret there, and what
 * a plan tells is kept in histories.
 */
export function maskedAt(path: string, value: unknown): unknown {
  const isSecret = path.split('.').some(isSecretName);
  return isSecret && value !== undefined && value !== null && value !== '' ? mask : masked(value);
}

function masked(value: unknown): unknown {
  if (typeof value === 'string') return looksSecretThere(value) ? mask : value;
  if (Array.isArray(value)) return value.map(masked);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, maskedAt(key, one)]));
}

/** What AEP gets as it is: there any key may stand. */
function passes([part, field]: readonly PropertyKey[]): boolean {
  return part === 'source' && (field === 'params' || field === 'data');
}

function isSecretName(key: string): boolean {
  const plain = key.toLowerCase().replaceAll(/[^a-z0-9]/g, '');
  return secretNames.has(plain) || secretWords.test(plain);
}
