import { readFileSync } from 'node:fs';
import { exitCodeOf, exitCodes } from '../src/cli/exit-codes.ts';
import { variables } from '../src/settings/config.ts';
import { failures, type FailureType } from '../src/failure-types.ts';
import { webhookVariables } from '../src/settings/webhook-config.ts';
import { channelVariables } from '../src/settings/channel-config.ts';
import { definitionJsonSchema } from './json-schema.ts';
import { documentedConstants, documentedInterfaces, type Documented, type Takes } from './read-comments.ts';

/** Where the pages are that nobody writes by hand. */
export const referenceFolder = new URL('../docs/reference/', import.meta.url);

/** The pages of the reference by file name, made from the sources. */
export function referencePages(): Record<string, string> {
  return {
    'definition.md': definitionPage(),
    'environment.md': environmentPage(),
    'workflows.md': workflowsPage(),
    'failures.md': failuresPage(),
    'exit-codes.md': exitCodesPage(),
  };
}

function page(title: string, about: string, ...parts: string[]): string {
  const made = '<!-- Made from the sources by `npm run schema`. Do not edit. -->';
  return `${[made, `# ${title}`, about, ...parts].join('\n\n')}\n`;
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) =>
    `| ${cells.map((cell) => cell.replaceAll('|', String.raw`\|`).replaceAll('\n', ' ')).join(' | ')} |`;
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n');
}

const code = (text: string) => `\`${text}\``;

interface Part {
  type?: string;
  description?: string;
  enum?: string[];
  default?: unknown;
  properties?: Record<string, Part>;
  required?: string[];
  items?: Part;
  anyOf?: Part[];
}

function definitionPage(): string {
  const { properties = {}, required = [] } = JSON.parse(definitionJsonSchema()) as Part;
  const fields = Object.entries(properties);
  const isPlain = ([, { properties, items }]: [string, Part]) => !properties && !items;
  const section = (title: string, rows: string[][], more = '') =>
    [`## ${title}`, table(['field', 'type', 'required', 'meaning'], rows), more].filter(Boolean).join('\n\n');
  const own = fields.filter(isPlain).map(([name, part]) => rowOf(name, part, required.includes(name)));
  const connectors = properties['source']?.properties?.['connector']?.enum ?? [];
  return page(
    'Every field of a definition',
    'What one dataflow may say. [The definition](../definition.md) shows how the fields go together; the same as [JSON Schema](../../examples/dataflow.schema.json), for editors. “Required” means that the field must stand there whenever the object that holds it does.',
    section('The dataflow', own),
    ...fields
      .filter((field) => !isPlain(field))
      .map(([name, part]) =>
        section(
          name,
          rowsOf(name, part, required.includes(name)),
          name === 'source' ? `Connectors that have a name: ${connectors.map(code).join(', ')}.` : '',
        ),
      ),
  );
}

function rowsOf(path: string, part: Part, isRequired: boolean): string[][] {
  const inside = part.anyOf?.find(({ properties }) => properties) ?? part;
  return [
    rowOf(path, part, isRequired),
    ...Object.entries(inside.properties ?? {}).flatMap(([name, one]) =>
      rowsOf(`${path}.${name}`, one, inside.required?.includes(name) ?? false),
    ),
    ...(part.items?.properties ? rowsOf(`${path}[]`, part.items, false) : []),
  ];
}

function rowOf(path: string, part: Part, isRequired: boolean): string[] {
  return [code(path), typeOf(part), isRequired ? 'yes' : '', part.description ?? ''];
}

function typeOf({ type, enum: values, anyOf, items }: Part): string {
  if (values && values.length <= 10) return values.map((value) => code(JSON.stringify(value))).join(', ');
  if (values) return 'a name, below';
  if (anyOf) return anyOf.map(typeOf).join(' or ');
  return type === 'array' ? `list of ${items?.type ?? 'any'}s` : (type ?? 'any');
}

function environmentPage(): string {
  const read = Object.entries(variables).flatMap(([reader, { shape }]) =>
    Object.entries(shape).map(([name, schema]) => ({ reader, name, schema })),
  );
  const rows = [...new Set(read.map(({ name }) => name))].map((name) => {
    const of = read.filter((one) => one.name === name);
    const [{ schema }] = of as [(typeof of)[number]];
    const unset = schema.safeParse(undefined);
    const otherwise = unset.data === undefined ? 'none' : code(String(unset.data));
    return [
      code(name),
      of.map(({ reader }) => reader).join(', '),
      unset.success ? otherwise : 'required',
      schema.description ?? '',
    ];
  });
  const named = [...webhookVariables, ...channelVariables].map(({ name, meaning }) => [
    code(name),
    'worker',
    'none',
    meaning,
  ]);
  return page(
    'Environment',
    'Every variable of ours. One that is empty counts as not set. Worker and listener check theirs at the start: what is missing, nonsense or a misspelling of one of these is told, all at once, and nothing is begun. No message shows a value.',
    table(['variable', 'read by', 'default', 'meaning'], [...rows, ...named, ...elsewhere]),
    'Temporal’s own settings are read as the Temporal CLI reads them, profiles in `temporal.toml` included: [workers in production](../deploying.md#temporal). `npm run dev`, `npm run demo` and the tests give their worker an environment of its own: of your `AEP_…` and `TEMPORAL_…` variables only those that say whom to tell reach it: `AEP_SLACK_…`, `AEP_TEAMS_…`, `AEP_EMAIL_…` and `AEP_SMTP_…`.',
  );
}

/** What Temporal's library and our tools read. */
const elsewhere = [
  [
    '`TEMPORAL_ADDRESS`, …',
    'worker, listener, client, CLI',
    '`localhost:7233`',
    'HOST:PORT of Temporal. See also: `TEMPORAL_NAMESPACE`, `TEMPORAL_API_KEY`, `TEMPORAL_TLS_…`, `TEMPORAL_PROFILE`, `TEMPORAL_CONFIG_FILE`',
  ],
  ['`TEMPORAL_CLI_PATH`', 'dev, demo, tests', 'PATH, cache, download', 'The Temporal CLI to use.'],
  [
    '`TEMPORAL_TEST_SERVER_PATH`',
    'tests',
    'PATH, cache, download',
    'Temporal’s time-skipping test server to use.',
  ],
  [
    '`AEP_DATAFLOWS_CACHE`',
    'dev, demo, tests',
    '`aep-dataflows` in `XDG_CACHE_HOME`, else in `~/.cache`',
    'Folder for downloaded servers.',
  ],
  ['`NO_COLOR`', 'demo', 'none', 'No colours in a terminal.'],
];

/** Where the messages of workflows are declared, and who takes those of each file. */
const messageFiles = [
  {
    title: 'Creates, updates, plans and imports of one dataflow, and tries of a sandbox',
    about:
      'A plan and an import answer the queries only, a try of a sandbox the last one only. `approve` and `reject` are for executions that were started with `requireApproval`.',
    file: '../src/workflows/messages.ts',
  },
  {
    title: 'Plans and applies of many dataflows',
    about: '[A folder of dataflows](../folders.md).',
    file: '../src/workflows/sandbox/many-messages.ts',
  },
  {
    title: 'Watchers',
    about: '`flow:<sandbox>:<flow id>`, one for each flow: [watching](../watching.md).',
    file: '../src/workflows/watch/watch-messages.ts',
  },
];
const moreInputs = ['../src/workflows/connection/connection-messages.ts', '../src/plan/plan.ts'];

function workflowsPage(): string {
  const read = (file: string) => readFileSync(new URL(file, import.meta.url), 'utf8');
  const files = [...messageFiles.map(({ file }) => file), ...moreInputs].map(read);
  const interfaces = new Map(
    files.flatMap((text) => documentedInterfaces(text)).map((one) => [one.name, one] as const),
  );
  const allOf = ({ fields, bases }: Documented): Documented['fields'] => [
    ...bases.flatMap((base) => (interfaces.has(base) ? allOf(interfaces.get(base)!) : [])),
    ...fields,
  ];
  const rowsOfInput = (input: Documented) =>
    allOf(input).map(({ name, isOptional, about }) => [
      code(name),
      isOptional ? '' : 'yes',
      about || (name === 'sandbox' ? 'The AEP sandbox.' : ''),
    ]);
  const inputs = [...interfaces.values()].flatMap((one) => {
    const [, type, under] = /^What `(\w+)` is started with(.*)$/s.exec(one.about) ?? [];
    return type ? [{ type, under: under ?? '', one }] : [];
  });
  const shape = ({ label, type }: Takes): string => {
    if (type === 'Watch') return '`watch` of a [definition](definition.md#watch)';
    const named = interfaces.get(type.replace('?', ''));
    if (named)
      return code(
        `{${allOf(named)
          .map(({ name, isOptional }) => `${name}${isOptional ? '?' : ''}`)
          .join(', ')}}`,
      );
    const choices = [...type.matchAll(/'(\w+)'/g)].map(([, choice]) => code(`"${choice}"`));
    return choices.length > 0 ? choices.join(' or ') : code(label);
  };
  const calls = messageFiles.map(({ title, about, file }) =>
    [
      `### ${title}`,
      about,
      table(
        ['name', 'is', 'takes', 'does'],
        documentedConstants(read(file)).map(({ name, kind, takes, about }) => [
          code(name),
          kind,
          takes ? shape(takes) : 'nothing',
          about,
        ]),
      ),
    ].join('\n\n'),
  );
  return page(
    'Workflows, updates and queries',
    'Each workflow takes one JSON object, on the task queue `aep-dataflows`. [Clients in other languages](../clients.md) says what is the same for all of them; [`temporal aep`](../cli.md) calls them for you. `createDataflow`, under the id `dataflow:<sandbox>:<name>`, and `planDataflow`, under any id, take [a definition](definition.md) as it is.',
    '## Updates and queries',
    ...calls,
    '## Inputs',
    ...inputs
      .toSorted((one, other) => one.type.localeCompare(other.type))
      .map(({ type, under, one }) =>
        [
          `### ${type}`,
          `Started${under.replace(/^[,:]/, '')}`,
          table(['field', 'required', 'meaning'], rowsOfInput(one)),
        ].join('\n\n'),
      ),
  );
}

function failuresPage(): string {
  const types = Object.keys(failures) as FailureType[];
  return page(
    'Failures',
    'The type with which a workflow of ours ends, or an update is refused. [When something fails](../failures.md) says what else a failure tells, and what becomes of what was made.',
    table(
      ['type', 'what happened', 'whose move', 'exit status'],
      types.map((type) => [
        code(type),
        failures[type].happened,
        failures[type].move,
        String(exitCodeOf(type)),
      ]),
    ),
  );
}

function exitCodesPage(): string {
  const source = readFileSync(new URL('../src/cli/exit-codes.ts', import.meta.url), 'utf8');
  const types = Object.keys(failures) as FailureType[];
  const rows = Object.entries(exitCodes).map(([name, status]) => {
    const [, about = ''] = new RegExp(String.raw`/\*\* (.*?) \*/\s+${name}:`).exec(source) ?? [];
    return [
      String(status),
      about,
      types
        .filter((type) => exitCodeOf(type) === status)
        .map(code)
        .join(', '),
    ];
  });
  return page(
    'Exit statuses of `temporal aep`',
    'What a script can go by.',
    table(['status', 'means', 'failures'], rows),
  );
}
