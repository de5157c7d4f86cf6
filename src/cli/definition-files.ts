import { readFile, readdir, stat } from 'node:fs/promises';
import { extname, join } from 'node:path';
import { text } from 'node:stream/consumers';
import { parseDocument } from 'yaml';
import { hasEnvironments } from '../definition/environments.ts';
import { saidNames } from '../definition/many.ts';
import { isObject } from '../definition/plain-json.ts';

/** What is wrong with a file, or with how we were called. */
export class UsageError extends Error {}

const extensions = ['.json', '.yaml', '.yml'];

/**
 * Reads a definition from a file in JSON or YAML; from standard input where the file is `-`.
 * @throws UsageError
 */
export async function readDefinition(file: string): Promise<unknown> {
  const from = file === '-' ? 'standard input' : file;
  let written: string;
  try {
    written = file === '-' ? await text(process.stdin) : await readFile(file, 'utf8');
  } catch (error) {
    throw new UsageError(`${from} cannot be read: ${(error as Error).message}`);
  }
  return parsed(written, from);
}

/**
 * What a file holds, as one of its environments: that is named where the workflows look for it.
 * @param from the file, as it is named
 * @throws UsageError where the file has no environments
 */
export function inEnvironment(read: unknown, environment: string, from: string): unknown {
  if (!isObject(read)) return read;
  if (!hasEnvironments(read))
    throw new UsageError(
      `${from} has no environments: leave out --environment, or write some beside the definition`,
    );
  return { ...read, environment };
}

/** A definition, and the file of a folder that holds it. */
export interface FileOfFolder {
  file: string;
  definition: unknown;
}

/**
 * Reads every definition of a folder, in the order of the files' names; `dataflow.schema.json` is none.
 * @throws UsageError that tells of every file that cannot be read, or has no name.
 */
export async function readFolder(folder: string): Promise<FileOfFolder[]> {
  const isFolder = await stat(folder).then(
    (one) => one.isDirectory(),
    () => false,
  );
  if (!isFolder) throw new UsageError(`${folder} is no folder`);
  const files = (await readdir(folder))
    .filter((file) => extensions.includes(extname(file)) && !file.endsWith('.schema.json'))
    .sort();
  if (files.length === 0)
    throw new UsageError(`${folder} holds no definition: no file ends in ${extensions.join(', ')}`);
  const read = await Promise.allSettled(files.map((file) => readDefinition(join(folder, file))));
  // Without a name, answers could not say which file is meant.
  const wrong = read.flatMap((one, index) => {
    if (one.status === 'rejected') return [(one.reason as Error).message];
    return isNamed(one.value)
      ? []
      : [`${join(folder, files[index]!)} is no definition of a dataflow: name is required`];
  });
  if (wrong.length > 0) throw new UsageError(wrong.join('\n'));
  return read.map((one, index) => ({
    file: files[index]!,
    definition: (one as PromiseFulfilledResult<unknown>).value,
  }));
}

/** The files of a folder that ask for a dataflow: more than one where it is given more than once. */
export function filesOf(
  { sandbox, name }: { sandbox: string; name: string },
  files: readonly FileOfFolder[],
): string[] {
  return files
    .filter(({ definition }) => {
      const said = saidNames(definition);
      return said.name === name && (said.sandbox ?? sandbox) === sandbox;
    })
    .map(({ file }) => file);
}

/** Of definitions with environments, too. */
function isNamed(value: unknown): boolean {
  const { name } = saidNames(value);
  return typeof name === 'string' && name !== '';
}

/** JSON is YAML, too: one parser, one wording. */
function parsed(written: string, from: string): unknown {
  // What stands before a pipe has failed, and has told why.
  if (written.trim() === '') throw new UsageError(`${from} is empty`);
  const document = parseDocument(written.replace(/^\uFEFF/, ''), { prettyErrors: true });
  const [problem] = document.errors;
  if (problem) {
    // Below it stands the line that is meant.
    const what = problem.message.split('\n')[0]!.replace(/:$/, '');
    throw new UsageError(`${from} is neither JSON nor YAML: ${what}`);
  }
  return document.toJS({ maxAliasCount: 100 });
}
