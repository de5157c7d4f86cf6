import { titleOf } from './index.ts';
import type { Kind } from './kinds.ts';
import type { Mark } from './mark.ts';

/** What shares its mark with another, nonce and all: somebody copied one of them by hand, and only a human knows which. */
export function copiesAmong<One extends { id: string; mark?: Mark }>(ours: readonly One[]): One[] {
  return ours.filter((one) =>
    ours.some(({ id, mark }) => id !== one.id && mark !== undefined && mark.nonce === one.mark?.nonce),
  );
}

export function tellCopies(kind: Kind, copies: readonly { id: string }[], dataflow: string): string {
  const ids = copies.map(({ id }) => id).join(', ');
  return `More than one ${titleOf(kind)} carries the very same mark of ${dataflow}, so one was copied by hand. Take the mark off the one that is not the dataflow's: ${ids}`;
}
