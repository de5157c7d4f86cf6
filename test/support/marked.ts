import type { Emulator, ResourceKind } from '../../emulator/emulator.ts';

const shelves: ResourceKind[] = [
  'connections',
  'sourceConnections',
  'targetConnections',
  'flows',
  'schemas',
  'classes',
  'dataSets',
  'mappingSets',
];

/** How many resources AEP holds that carry the mark of a dataflow (`<sandbox>/<name>`), per kind, empty kinds left out. */
export function marked({ control }: Emulator, dataflow: string): Partial<Record<ResourceKind, number>> {
  const [sandbox] = dataflow.split('/');
  const counts = shelves.map(
    (kind) =>
      [kind, control.resources(kind, sandbox).filter((one) => carries(one, dataflow)).length] as const,
  );
  return Object.fromEntries(counts.filter(([, count]) => count > 0));
}

function carries({ name, description, tags }: Record<string, unknown>, dataflow: string): boolean {
  const text = JSON.stringify([name, description, tags]);
  return text.includes(`${dataflow} #`) || text.includes(`${dataflow}#`);
}
