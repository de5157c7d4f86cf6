import type { NativeConnection } from '@temporalio/worker';
import { searchAttributes } from './workflows/messages.ts';

/** `INDEXED_VALUE_TYPE_…` of Temporal's API. */
const typeNames = ['Unspecified', 'Text', 'Keyword', 'Int', 'Double', 'Bool', 'Datetime', 'KeywordList'];
const keyword = typeNames.indexOf('Keyword');

/** The Temporal server lacks search attributes without which our workflows would hang. The message says how to make them. */
export class MissingSearchAttributesError extends Error {
  override name = 'MissingSearchAttributesError' as const;
}

/**
 * Checks at the start what would otherwise show as workflows that hang without a word: that the search attributes are
 * there, each as a Keyword.
 * @throws MissingSearchAttributesError with all that is wrong.
 */
export async function checkSearchAttributes(
  { operatorService }: Pick<NativeConnection, 'operatorService'>,
  namespace: string,
): Promise<void> {
  const answer = await operatorService.listSearchAttributes({ namespace });
  const customAttributes: Record<string, number> = answer.customAttributes;
  const names = Object.values(searchAttributes).map(({ name }) => name);
  const missing = names.filter((name) => !(name in customAttributes));
  const wrong = names.filter((name) => name in customAttributes && customAttributes[name] !== keyword);
  const told = [
    ...(wrong.length === 0 ? [] : [ofAnotherType(namespace, wrong, customAttributes)]),
    ...(missing.length === 0
      ? []
      : [
          `The Temporal namespace ${namespace} lacks search attributes that the workflows set. Create them with:\n\n${create(namespace, missing)}\n`,
        ]),
  ];
  if (told.length > 0) throw new MissingSearchAttributesError(told.join('\n'));
}

/** Temporal changes no type, and a removed one may be made anew under its name. */
function ofAnotherType(namespace: string, wrong: string[], types: Record<string, number>): string {
  const listed = wrong.map((name) => `${name} is a ${typeNames[types[name] ?? 0] ?? 'type of its own'}`);
  return `In the Temporal namespace ${namespace}, search attributes that the workflows set are no Keyword: ${listed.join(', ')}. Where nothing else needs them, make them anew:\n\ntemporal operator search-attribute remove --namespace ${namespace}${options(wrong)}\n${create(namespace, wrong)}\n`;
}

function create(namespace: string, names: string[]): string {
  return `temporal operator search-attribute create --namespace ${namespace}${options(names, ' --type Keyword')}`;
}

function options(names: string[], type = ''): string {
  return names.map((name) => ` \\\n  --name ${name}${type}`).join('');
}
