import { z } from 'zod';
import { nameProblems } from '../../definition/named.ts';
import { parseDefinition } from '../../definition/parse.ts';
import { dataflowName } from '../../definition/text.ts';
import { firstFile, writtenOtherwise } from '../../explore/entries.ts';
import { suggestion, type Asked } from '../../explore/suggest.ts';
import { summarized } from '../calls.ts';
import { endingOf } from '../failures.ts';
import { checkInput, wrongInput } from '../inputs.ts';
import type { SuggestDefinitionInput, SuggestDefinitionResult } from '../messages.ts';
import {
  describe,
  objectAt,
  notRead,
  pathInput,
  sourceInput,
  theSource,
  type TheSource,
} from './the-source.ts';

const suggestInput = () =>
  z.strictObject({
    ...sourceInput(),
    path: pathInput(),
    name: dataflowName().optional().describe('What the dataflow is to be called.'),
  }) satisfies z.ZodType<SuggestDefinitionInput>;

const cannot = 'No definition can be suggested';

/**
 * A definition that loads a table, a file or a folder of files, ready to be edited: columns as AEP tells them, class, field groups and mapping by what the columns
 * are called, with the reason of each. The same for the same source, always. Two calls to AEP, three of a folder, and one
 * more for a base connection that is named; nothing is changed there. Runs under any id.
 *
 * @throws ApplicationFailure as `exploreSource` does.
 */
export async function suggestDefinition(input: unknown): Promise<SuggestDefinitionResult> {
  const asked = checkInput(suggestInput(), input, cannot);
  const { sandbox, path, name } = asked;
  const wrong = name === undefined ? [] : nameProblems({ sandbox, name });
  if (wrong.length > 0) throw wrongInput(cannot, wrong);
  try {
    const source = await theSource(asked, cannot);
    const { found, folder } = await sampled(source, path);
    const { named, connection } = source;
    const suggested = suggestion({
      sandbox,
      source: named,
      ...(connection === undefined ? {} : { connection }),
      kind: objectAt(source, path),
      path,
      name,
      found,
      ...(folder ? { folder } : {}),
    });
    if (!suggested)
      throw wrongInput(cannot, [
        { field: 'path', message: `AEP tells no columns of ${path}: a mapping has to be written by hand` },
      ]);
    const { warnings } = parseDefinition(suggested.definition);
    return { ...suggested, warnings };
  } catch (error) {
    throw endingOf(error, {}) ?? error;
  }
}

/** What is known of a table or a file; of a folder, what its first file tells. */
async function sampled(source: TheSource, path: string): Promise<Pick<Asked, 'found' | 'folder'>> {
  const folder = objectAt(source, path) === 'folder' ? await filesIn(source, path) : undefined;
  const file = folder?.first ?? path;
  const found = await describe(source, file, { rows: false, cannot });
  if (objectAt(source, file) === 'table' || found.file) return { found, ...(folder ? { folder } : {}) };
  throw wrongInput(cannot, [
    {
      field: 'path',
      message: `Nothing tells what ${file} holds: delimited text, JSON or Parquet. A definition says so in source.format`,
    },
  ]);
}

async function filesIn(source: TheSource, folder: string): Promise<NonNullable<Asked['folder']>> {
  const answer = await summarized(`List ${folder}`).listSource({ ...source.request, folder });
  if ('refused' in answer) throw wrongInput(cannot, [await notRead(source, folder, answer.refused)]);
  const first = firstFile(answer.entries);
  if (first !== undefined) return { first, odd: writtenOtherwise(answer.entries, first) };
  throw wrongInput(cannot, [
    { field: 'path', message: `${folder} holds no file whose columns could be read: give one that does` },
  ]);
}
