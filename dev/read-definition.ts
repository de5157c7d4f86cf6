import { readFile } from 'node:fs/promises';
import { type Definition, parseDefinition } from '../src/client.ts';

/**
 * Reads a definition from a JSON file.
 * @throws InvalidDefinitionError with every problem; Error where there is no such file, or no JSON in it.
 */
export async function readDefinition(file: string): Promise<Definition> {
  const text = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
    throw new Error(
      `${file} cannot be read: ${error.code === 'ENOENT' ? 'there is no such file' : error.message}`,
    );
  });
  let input: unknown;
  try {
    input = JSON.parse(text);
  } catch (error) {
    throw new Error(`${file} is no JSON: ${error instanceof Error ? error.message : String(error)}`, {
      cause: error,
    });
  }
  return parseDefinition(input).definition;
}
