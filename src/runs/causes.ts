/** What we know about an error code of AEP. */
export interface KnownCause {
  /** What a person should do next. */
  next: string;
  /** Says only that something broke: any other error of the same run tells more. */
  vague?: true;
  /** Whether the same run may go well later without anybody having mended anything. */
  heals: boolean;
}

const causes: Record<string, KnownCause> = {
  'CONNECTOR-1001-500': {
    next: 'Check that the source can be reached and that its credentials, table and columns are still there; then run the flow again.',
    vague: true,
    heals: true,
  },
  'CONNECTOR-2001-500': {
    next: 'Look at the failed records in AEP (Monitoring, this flow run): most often the mapping or the schema does not fit the data.',
    vague: true,
    heals: true,
  },
  'CONNECTOR-3001-500': {
    next: 'AEP could not open a batch in the dataset. Run the flow again; if it fails again, check the dataset and ask Adobe.',
    heals: true,
  },
  'INGEST-1212-400': {
    next: 'Download the failed records from AEP (Monitoring, this flow run), and correct them or the mapping.',
    vague: true,
    heals: false,
  },
  'MAPPER-3700-400': {
    next: 'Compare the mapping with the failed records: an expression or a type does not fit the data.',
    heals: false,
  },
};

/** Of their codes the number at the end is the status that AEP's own services answered with. */
const anyFamily: [prefix: string, cause: Omit<KnownCause, 'heals'>][] = [
  ['MAPPER-', { next: 'Compare the mapping with the failed records, and correct one of them.' }],
  [
    'INGEST-',
    { next: 'Download the failed records from AEP (Monitoring, this flow run), and correct them.' },
  ],
  ['CONNECTOR-', { next: 'Check the source and its base connection in AEP, then run the flow again.' }],
];

const unknown = { next: 'Open this flow run in AEP (Sources, Dataflows) for its details.' };

/** What is known about an error code, such as `MAPPER-3700-400`; of an unknown one, where to look. */
export function causeOf(code: string | undefined): KnownCause {
  if (code === undefined) return { ...unknown, heals: true };
  const family = anyFamily.find(([prefix]) => code.startsWith(prefix))?.[1] ?? unknown;
  return (
    (Object.hasOwn(causes, code) ? causes[code] : undefined) ?? { ...family, heals: !refusedForGood(code) }
  );
}

/** Credentials, permissions, names and data: 4xx, but for "too slow" and "too many". */
function refusedForGood(code: string): boolean {
  return /-4\d\d$/.test(code) && !/-(408|429)$/.test(code);
}
