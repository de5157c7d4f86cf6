import type { NativeConnection } from '@temporalio/worker';
import { searchAttributes } from './workflows/messages.ts';

/** The Temporal server lacks search attributes without which our workflows would hang. The message says how to make them. */
export class MissingSearchAttributesError extends Error {
  override name = 'MissingSearchAttributesError' as const;
}

/**
 * Checks at the start what would otherwise show as workflows that hang without a word.
 * @throws MissingSearchAttributesError
 */
export async function checkSearchAttributes(
  { operatorService }: Pick<NativeConnection, 'operatorService'>,
  namespace: string,
): Promise<void> {
  const { customAttributes } = await operatorService.listSearchAttributes({ namespace });
  const missing = Object.values(searchAttributes).filter(({ name }) => !(name in customAttributes));
  if (missing.length === 0) return;
  const lines = missing.map(({ name }) => ` \\\n  --name ${name} --type Keyword`).join('');
  throw new MissingSearchAttributesError(
    `The Temporal namespace ${namespace} lacks search attributes that the workflows set. Create them with:\n\ntemporal operator search-attribute create --namespace ${namespace}${lines}\n`,
  );
}
