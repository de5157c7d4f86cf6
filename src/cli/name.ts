import { InvalidArgumentError } from 'commander';

export interface Named {
  sandbox: string;
  name: string;
}

/** A dataflow as people write it: `<sandbox>/<name>`, as its mark in AEP and `AepDataflow` have it. */
export function dataflowName(written: string): Named {
  const at = written.indexOf('/');
  if (at < 1 || at === written.length - 1)
    throw new InvalidArgumentError('A dataflow is written SANDBOX/NAME, such as prod/orders.');
  return { sandbox: written.slice(0, at), name: written.slice(at + 1) };
}
