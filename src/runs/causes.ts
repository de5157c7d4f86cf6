/** What we know about an error code of AEP. */
export interface KnownCause {
  /** What a person should do next. */
  next: string;
  /** Says only that something broke: any other error of the same run tells more. */
  vague?: true;
}

const causes: Record<string, KnownCause> = {
  'CONNECTOR-1001-500': {
    next: 'Check that the source can be reached and that its credentials, table and columns are still there; then run the flow again.',
    vague: true,
  },
  'CONNECTOR-2001-500': {
    next: 'Look at the failed records in AEP (Monitoring, this flow run): most often the mapping or the schema does not fit the data.',
    vague: true,
  },
  'CONNECTOR-3001-500': {
    next: 'AEP could not open a batch in the dataset. Run the flow again; if it fails again, check the dataset and ask Adobe.',
  },
  'INGEST-1212-400': {
    next: 'Download the failed records from AEP (Monitoring, this flow run), and correct them or the mapping.',
    vague: true,
  },
  'MAPPER-3700-400': {
    next: 'Compare the mapping with the failed records: an expression or a type does not fit the data.',
  },
};

const anyFamily: [prefix: string, cause: KnownCause][] = [
  ['MAPPER-', { next: 'Compare the mapping with the failed records, and correct one of them.' }],
  [
    'INGEST-',
    { next: 'Download the failed records from AEP (Monitoring, this flow run), and correct them.' },
  ],
  ['CONNECTOR-', { next: 'Check the source and its base connection in AEP, then run the flow again.' }],
];

const unknown: KnownCause = { next: 'Open this flow run in AEP (Sources, Dataflows) for its details.' };

/** What is known about an error code, such as `MAPPER-3700-400`; of an unknown one, where to look. */
export function causeOf(code: string | undefined): KnownCause {
  if (code === undefined) return unknown;
  return causes[code] ?? anyFamily.find(([prefix]) => code.startsWith(prefix))?.[1] ?? unknown;
}
