import { InvalidArgumentError } from 'commander';
import { namedBy, type Named } from '../definition/identity.ts';

export type { Named };

/** A dataflow as people write it: `<sandbox>/<name>`, as its mark in AEP and `AepDataflow` have it. */
export function dataflowName(written: string): Named {
  const at = written.indexOf('/');
  if (at < 1 || at === written.length - 1)
    throw new InvalidArgumentError('A dataflow is written SANDBOX/NAME, such as prod/orders.');
  return namedBy(written);
}
