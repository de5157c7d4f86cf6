import { z } from 'zod';
import { deltaCandidates } from '../../explore/delta-candidates.ts';
import { summarized } from '../calls.ts';
import { endingOf } from '../failures.ts';
import { checkInput, wrongInput } from '../inputs.ts';
import type { ExploreSourceInput, ExploreSourceResult } from '../messages.ts';
import {
  describe,
  objectAt,
  notRead,
  pathInput,
  sourceInput,
  theSource,
  type TheSource,
} from './the-source.ts';

const exploreInput = () =>
  z.strictObject({
    ...sourceInput(),
    path: pathInput().optional(),
    rows: z
      .boolean()
      .optional()
      .describe('Whether the first rows are wanted, too. They are kept in the history. No unless given.'),
  }) satisfies z.ZodType<ExploreSourceInput>;

const cannot = 'This cannot be explored';

/**
 * What a source holds, as AEP sees it: its tables, or files and folders; with a path, the columns of one, and those by
 * which AEP could find new rows. Two calls to AEP, three for a base connection that is
 * named, and nothing is changed there. Runs under any id.
 *
 * Rows are people's data, and what a workflow answers stays in its history: none are read unless `rows` asks for them.
 *
 * @throws ApplicationFailure `InvalidDefinition` where there is no such connection or path, with the nearest that there is;
 * `Unavailable` where AEP, or the source behind it, was away for a minute.
 */
export async function exploreSource(input: unknown): Promise<ExploreSourceResult> {
  const asked = checkInput(exploreInput(), input, cannot);
  try {
    const source = await theSource(asked, cannot);
    const { path } = asked;
    if (path === undefined || objectAt(source, path) === 'folder') return await listed(source, path);
    const found = await describe(source, path, { rows: asked.rows ?? false, cannot });
    const { columns = [] } = found;
    const isTable = objectAt(source, path) === 'table';
    return {
      source: source.named,
      path,
      ...found,
      ...(isTable ? { deltaCandidates: deltaCandidates(columns) } : {}),
    };
  } catch (error) {
    throw endingOf(error, {}) ?? error;
  }
}

async function listed(source: TheSource, folder: string | undefined): Promise<ExploreSourceResult> {
  const reading = summarized(folder === undefined ? 'List the source' : `List ${folder}`);
  const answer = await reading.listSource({ ...source.request, ...(folder === undefined ? {} : { folder }) });
  if (!('refused' in answer)) return { source: source.named, ...answer };
  if (folder !== undefined) throw wrongInput(cannot, [await notRead(source, folder, answer.refused)]);
  throw wrongInput(cannot, [
    { field: 'connection', message: `AEP cannot list the source: ${answer.refused}` },
  ]);
}
