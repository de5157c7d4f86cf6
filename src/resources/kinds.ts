/** Every kind of resource that a dataflow is made of, spelled as it is wherever a kind is a key. */
export const kinds = [
  'adHocClass',
  'adHocSchema',
  'sourceConnection',
  'schema',
  'dataset',
  'datasetBaseConnection',
  'targetConnection',
  'mappingSet',
  'flow',
] as const;

export type Kind = (typeof kinds)[number];

/** The ids of a dataflow's resources, as far as they are known. */
export type ResourceIds = Partial<Record<Kind, string>>;

/** The ids of one kind among those that several runs noted, each once: most runs note the same. */
export function idsOfKind(noted: readonly ResourceIds[], kind: Kind): string[] {
  return [...new Set(noted.flatMap((ids) => ids[kind] ?? []))];
}

/** What an activity is called: `create` and `dataset` is `createDataset`. */
export function activityName<Verb extends string, K extends Kind>(
  verb: Verb,
  kind: K,
): `${Verb}${Capitalize<K>}` {
  return `${verb}${kind[0]!.toUpperCase()}${kind.slice(1)}` as `${Verb}${Capitalize<K>}`;
}
