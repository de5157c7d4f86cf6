import { readFile, realpath, stat } from 'node:fs/promises';
import { sep } from 'node:path';

/** Where secrets are kept. */
export interface SecretSource {
  /**
   * The secret of a name, read anew each time.
   * @throws NoSecret where there is none, or none that may be read.
   */
  read(name: string): Promise<string>;
}

/** By the word that stands before the colon of a reference, such as `env`. */
export type SecretSources = Record<'env' | 'file', SecretSource>;

/** Why there is no secret. Its message is told to people, and holds none. */
export class NoSecret extends Error {}

/** Bytes. A key file has some thousand. */
const longestSecret = 64 * 1024;

/** What of a worker's machine definitions may refer to. */
export interface Readable {
  /** Names of variables; a `*` at the end of one stands for any rest. What the worker needs itself is never among them. */
  variables: readonly string[];
  /** Such as `/run/secrets`. */
  directory: string;
}

/**
 * Some variables of the worker's environment, and the files below one directory. A definition may send what it refers to
 * wherever it likes: nothing else of the worker's machine is to be had.
 */
export function createSecretSources(
  env: Record<string, string | undefined>,
  { variables, directory }: Readable,
): SecretSources {
  return {
    env: {
      async read(name) {
        if (/^(AEP|TEMPORAL)_/i.test(name))
          throw new NoSecret(`the variable ${name} is the worker's own: choose a name that begins otherwise`);
        if (!variables.some((one) => stands(one, name)))
          throw new NoSecret(
            `definitions may not refer to the variable ${name}: name it in AEP_SECRET_VARIABLES of the worker, and start it again`,
          );
        // Not what every object has, such as `constructor`.
        const value = Object.hasOwn(env, name) ? env[name] : undefined;
        if (value === undefined || value === '')
          throw new NoSecret(
            `the worker's environment has no variable ${name}: set it, and start the worker again`,
          );
        return value;
      },
    },
    file: {
      async read(path) {
        const [root, real] = await Promise.all(
          [directory, path].map((one) => realpath(one).catch(() => undefined)),
        );
        if (real === undefined) throw new NoSecret(`the worker has no file ${path}`);
        if (root === undefined || !real.startsWith(root.endsWith(sep) ? root : root + sep))
          throw new NoSecret(`the file ${path} is not below ${directory}, which AEP_SECRETS_DIR names`);
        // To read anything else may never end.
        const about = await stat(real).catch(() => undefined);
        if (!about?.isFile()) throw new NoSecret(`the worker cannot read ${path}: it is no file`);
        if (about.size > longestSecret) throw new NoSecret(`the file ${path} is larger than any secret`);
        // Editors and shells end a file with a line break that is no part of the secret.
        const value = await readFile(real, 'utf8')
          .then((text) => text.replace(/\r?\n$/, ''))
          .catch(() => '');
        if (value === '') throw new NoSecret(`the worker cannot read the file ${path}, or it is empty`);
        return value;
      },
    },
  };
}

/** Whether a name that may end in `*` stands for another. */
function stands(named: string, name: string): boolean {
  return named.endsWith('*') ? name.startsWith(named.slice(0, -1)) : named === name;
}
