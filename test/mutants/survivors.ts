/** A fault that the tests of its room do not notice, and need not. */
export interface Survivor {
  /** Such as `src/plan/digest.ts`. */
  file: string;
  /** The code that was replaced, in one line. */
  was: string;
  /** What took its place. */
  becomes: string;
}

interface Named extends Omit<Survivor, 'becomes'> {
  /** Absent: whatever takes its place. */
  becomes?: string;
  why: string;
}

const forTypes =
  'The same without: it is there for the types, as what follows takes undefined for none, too.';
const noSuch = 'No input has such a value, so that nothing comes of it.';
const bound = 'A bound that is generous anyway: one more or less is the same.';
const cached = 'The same, only slower.';
const noNumber = 'The same without: a comparison with what is no number is false.';
const single = 'The same while there is one of them.';
const implied = 'The same: the other half of the condition says so already.';
const wordless = 'The same: only the message counts, under whatever code.';

/** Each survivor that we know of, and why no test is to notice it. */
const named: Named[] = [
  { file: 'src/xdm/fits.ts', was: "typeof format === 'string'", becomes: 'true', why: forTypes },
  { file: 'src/xdm/judge.ts', was: 'left < 0', becomes: 'left <= 0', why: bound },
  { file: 'src/xdm/judge.ts', was: '[]', why: noSuch },
  { file: 'src/xdm/judge.ts', was: 'from && type', why: forTypes },
  { file: 'src/xdm/fields.ts', was: '[]', why: noSuch },
  { file: 'src/xdm/fields.ts', was: 'name !== undefined', becomes: 'true', why: forTypes },
  {
    file: 'src/xdm/look-up.ts',
    was: 'field.type === undefined',
    becomes: 'false',
    why: 'A field of which no type is told is open: `close` sees to it.',
  },
  { file: 'src/xdm/nearest-path.ts', was: '!names', becomes: 'true', why: cached },
  { file: 'src/xdm/nearest-path.ts', was: '[]', why: noSuch },
  { file: 'src/xdm/nearest-path.ts', was: 'last === undefined', becomes: 'false', why: forTypes },
  { file: 'src/xdm/path.ts', was: 'end > at', becomes: 'end >= at', why: noSuch },
  { file: 'src/xdm/path.ts', was: 'wrapped > at', becomes: 'wrapped >= at', why: noSuch },

  { file: 'src/families/columns.ts', was: 'format !== undefined', becomes: 'true', why: forTypes },
  {
    file: 'src/families/files.ts',
    was: 'path !== undefined',
    becomes: 'true',
    why: 'The same without: it is there for the types, as no path has a wildcard where there is none.',
  },

  { file: 'src/explore/columns.ts', was: '() => false', becomes: '() => undefined', why: forTypes },
  {
    file: 'src/explore/columns.ts',
    was: "''",
    why: 'No word tells a type, as one that is not known does not.',
  },
  { file: 'src/explore/file-facts.ts', was: '[]', why: noSuch },
  {
    file: 'src/explore/id-column.ts',
    was: "''",
    becomes: '"Stryker was here!"',
    why: 'A name whose last word is the end that is looked for is known by the sign before.',
  },
  {
    file: 'src/explore/suggest.ts',
    was: 'JSON.stringify(columns).length > mostCharacters',
    becomes: 'JSON.stringify(columns).length >= mostCharacters',
    why: bound,
  },

  {
    file: 'src/resources/ad-hoc-class.ts',
    was: "typeof format === 'string'",
    becomes: 'true',
    why: forTypes,
  },
  { file: 'src/resources/ad-hoc-class.ts', was: '[]', why: noSuch },
  { file: 'src/resources/dataset.ts', was: '[]', why: noSuch },
  { file: 'src/resources/flow.ts', was: 'name !== undefined', becomes: 'true', why: forTypes },
  {
    file: 'src/resources/decide.ts',
    was: '{ body, observed: one, now: 0 }',
    why: 'What AEP lets one change of a resource with a title of its own, the field alone tells.',
  },
  { file: 'src/resources/decide.ts', was: 'a.id < b.id', becomes: 'a.id <= b.id', why: noSuch },
  { file: 'src/resources/flow.ts', was: 'ours.some(({ name }) => name === key)', why: single },
  {
    file: 'src/resources/flow.ts',
    was: 'ours.some(({ name }) => field.startsWith(`transformations.${name}.`))',
    why: single,
  },
  { file: 'src/resources/json.ts', was: "typeof time === 'number'", becomes: 'true', why: forTypes },
  { file: 'src/resources/orphans.ts', was: '[]', why: noSuch },
  { file: 'src/resources/records.ts', was: "''", becomes: '"Stryker was here!"', why: forTypes },
  { file: 'src/resources/records.ts', was: '[]', why: noSuch },
  { file: 'src/resources/references.ts', was: 'reached.has(id)', becomes: 'false', why: cached },
  {
    file: 'src/resources/xdm-refs.ts',
    was: "value.filter((one) => typeof one === 'string')",
    why: forTypes,
  },
  { file: 'src/resources/xdm-refs.ts', was: "typeof one === 'string'", becomes: 'true', why: forTypes },

  { file: 'src/plan/base-connection-of.ts', was: "''", why: noSuch },
  { file: 'src/plan/delta-column.ts', was: '[]', why: noSuch },
  { file: 'src/plan/differences-of.ts', was: '[]', why: noSuch },
  {
    file: 'src/plan/differences-of.ts',
    was: "''",
    why: 'No text is wanted that is the one that takes its place.',
  },
  { file: 'src/plan/facts-of.ts', was: "''", why: 'No flow spec says what the id of a mapping may be.' },
  { file: 'src/plan/mapping-problems.ts', was: 'dataset?.id', why: forTypes },
  { file: 'src/plan/mapping-problems.ts', was: 'schema?.id', why: forTypes },
  { file: 'src/plan/observe.ts', was: 'first.flow?.filter', why: forTypes },
  { file: 'src/plan/plan-of.ts', was: 'id === undefined', becomes: 'false', why: forTypes },
  { file: 'src/plan/plan-of.ts', was: '[]', becomes: '["Stryker was here"]', why: noSuch },
  { file: 'src/plan/source-problems.ts', was: 'asked?.pattern', why: forTypes },
  {
    file: 'src/plan/source-problems.ts',
    was: 'sourceFacts(source).family.asked(source)?.type',
    why: forTypes,
  },
  {
    file: 'src/plan/source-problems.ts',
    was: 'false',
    why: 'No rule for columns asks whether another field is wrong.',
  },
  {
    file: 'src/plan/render.ts',
    was: "'from'",
    why: 'What is told in two values has no rows, and nobody looks for them.',
  },
  {
    file: 'src/plan/which-flow.ts',
    was: 'Math.abs(laterMs) < latestMs',
    becomes: 'Math.abs(laterMs) <= latestMs',
    why: bound,
  },
  { file: 'src/plan/which-flow.ts', was: 'laterMs > 0', becomes: 'laterMs >= 0', why: implied },
  {
    file: 'src/plan/connection-named.ts',
    was: 'found.length > 1',
    becomes: 'found.length >= 1',
    why: 'Of one that fits nothing is told here, and one that does not is judged by itself.',
  },
  { file: 'src/plan/decide-connection.ts', was: '/auth$/', why: noSuch },
  { file: 'src/plan/decide-connection.ts', was: 'a.id < b.id', becomes: 'a.id <= b.id', why: noSuch },
  { file: 'src/plan/observe.ts', was: 'a.id < b.id', becomes: 'a.id <= b.id', why: noSuch },
  { file: 'src/plan/observe.ts', was: 'parts[next]', becomes: 'false', why: cached },
  { file: 'src/plan/observe.ts', was: "typeof mappingVersion === 'number'", becomes: 'true', why: forTypes },
  {
    file: 'src/plan/fitting-plan.ts',
    was: 'JSON.stringify(fitting).length <= mostCharacters',
    becomes: 'JSON.stringify(fitting).length < mostCharacters',
    why: bound,
  },
  { file: 'src/plan/make-plan.ts', was: 'mapping.length === 0', becomes: 'false', why: cached },
  { file: 'src/plan/step-of.ts', was: '[]', why: noSuch },
  { file: 'src/plan/step-of.ts', was: "kind === 'flow'", becomes: 'true', why: 'Nothing else is a draft.' },
  { file: 'src/plan/step-of.ts', was: '!hasUniqueTitle', becomes: 'false', why: cached },
  { file: 'src/plan/watch-changes.ts', was: '[]', why: noSuch },
  { file: 'src/plan/source-problems.ts', was: '() => false', becomes: '() => undefined', why: forTypes },
  { file: 'src/plan/source-problems.ts', was: "''", becomes: '"Stryker was here!"', why: noSuch },
  { file: 'src/plan/source-problems.ts', was: '[]', why: noSuch },
  { file: 'src/plan/which-flow.ts', was: 'able.length > 1', why: cached },
  { file: 'src/plan/which-flow.ts', was: 'drafts.length === 0', becomes: 'false', why: cached },
  {
    file: 'src/plan/render.ts',
    was: 'signs[action].trim()',
    why: 'The label is trimmed as a whole.',
  },
  {
    file: 'src/plan/step-of.ts',
    was: "'Change it in AEP'",
    why: 'Each kind of which AEP changes more than texts says what else can be done.',
  },
  {
    file: 'src/plan/mapping-problems.ts',
    was: 'known.length === parts.length && isRight(known)',
    becomes: 'false',
    why: cached,
  },
  {
    file: 'src/plan/mapping-problems.ts',
    was: 'from < parts.length',
    becomes: 'from <= parts.length',
    why: cached,
  },
  { file: 'src/plan/observe.ts', was: 'flowLeft === undefined', becomes: 'false', why: forTypes },

  {
    file: 'src/definition/canonical-json.ts',
    was: 'a < b',
    becomes: 'a <= b',
    why: 'No object has a key twice.',
  },
  { file: 'src/definition/column-rules.ts', was: 'entry?.source', why: forTypes },
  { file: 'src/definition/column-rules.ts', was: 'entry?.expression', why: forTypes },
  { file: 'src/definition/column-rules.ts', was: 'source?.filters', why: forTypes },
  { file: 'src/definition/column-rules.ts', was: 'near === undefined', becomes: 'false', why: forTypes },
  {
    file: 'src/definition/column-rules.ts',
    was: 'name.toLowerCase()',
    why: 'The same: both sides are folded the same way.',
  },
  {
    file: 'src/definition/connection-rules.ts',
    was: 'name === undefined',
    becomes: 'false',
    why: 'An id with a short word in its place is not too long.',
  },
  { file: 'src/definition/connection-rules.ts', was: 'source?.connector', why: forTypes },
  {
    file: 'src/definition/connection-spec.ts',
    was: '() => false',
    becomes: '() => undefined',
    why: forTypes,
  },
  { file: 'src/definition/connection-spec.ts', was: '[]', why: noSuch },
  { file: 'src/definition/connection-spec.ts', was: "''", why: forTypes },
  {
    file: 'src/definition/environments.ts',
    was: 'value === null',
    becomes: 'false',
    why: 'What is null is taken for left out afterwards anyway.',
  },
  { file: 'src/definition/environments.ts', was: '/^\\./', why: noSuch },
  { file: 'src/definition/environments.ts', was: "typeof id === 'string'", becomes: 'true', why: forTypes },
  { file: 'src/definition/expression-rules.ts', was: 'entry?.expression', why: forTypes },
  {
    file: 'src/definition/field-tree.ts',
    was: 'parts.slice(-1)',
    why: 'A part that begins with neither a dot nor a bracket is found at the root alone.',
  },
  { file: 'src/definition/flow-spec.ts', was: '!schema', becomes: 'false', why: forTypes },
  { file: 'src/definition/identity.ts', was: '[]', why: noSuch },
  {
    file: 'src/definition/identity.ts',
    was: 'sandbox === undefined || name === undefined',
    becomes: 'sandbox === undefined && name === undefined',
    why: forTypes,
  },
  { file: 'src/definition/identity.ts', was: 'sandbox === undefined', becomes: 'false', why: forTypes },
  { file: 'src/definition/identity.ts', was: 'name === undefined', becomes: 'false', why: forTypes },
  {
    file: 'src/definition/json-schema.ts',
    was: 'causes.length > 0',
    why: 'No error of a wrapper comes without the one below it, as far as we know.',
  },
  { file: 'src/definition/json-schema.ts', was: '/"(.+)"/.exec(error)?.[1]', why: forTypes },
  { file: 'src/definition/json-schema.ts', was: '/^#\\/?/', becomes: '/#\\/?/', why: noSuch },
  { file: 'src/definition/lookalikes.ts', was: "'custom'", why: wordless },
  { file: 'src/definition/mapping.ts', was: "'custom'", why: wordless },
  { file: 'src/definition/schedule.ts', was: "'custom'", why: wordless },
  { file: 'src/definition/text.ts', was: "'custom'", why: wordless },
  { file: 'src/definition/mask.ts', was: '/^\\./', why: noSuch },
  { file: 'src/definition/nearest.ts', was: '!words', becomes: 'true', why: cached },
  { file: 'src/definition/nearest.ts', was: 'lists.set(known, words);', why: cached },
  {
    file: 'src/definition/nearest.ts',
    was: 'words.filter((other) => Math.abs(other.letters.length - letters.length) <= far)',
    why: cached,
  },
  {
    file: 'src/definition/nearest.ts',
    was: 'Math.abs(other.letters.length - letters.length) <= far',
    becomes: 'true',
    why: cached,
  },
  { file: 'src/definition/nearest.ts', was: 'steps < 0', becomes: 'steps <= 0', why: bound },
  { file: 'src/definition/nearest.ts', was: '[]', why: noSuch },
  {
    file: 'src/definition/nearest.ts',
    was: 'one.length < other.length',
    becomes: 'one.length <= other.length',
    why: 'Of two that are as long neither is a part of the other.',
  },
  {
    file: 'src/definition/nulls.ts',
    was: '!item',
    becomes: 'false',
    why: 'A list where none belongs is refused anyway.',
  },
  { file: 'src/definition/nulls.ts', was: 'one !== input[index]', becomes: 'true', why: cached },
  { file: 'src/definition/nulls.ts', was: '!Object.hasOwn(input, key)', becomes: 'false', why: cached },
  { file: 'src/definition/nulls.ts', was: 'value === input[key]', becomes: 'false', why: cached },
  {
    file: 'src/definition/parse.ts',
    was: '!(error instanceof InvalidDefinitionError)',
    becomes: 'false',
    why: 'No other error comes from there.',
  },
  { file: 'src/definition/parse.ts', was: "!Object.hasOwn(value, '$schema')", becomes: 'false', why: cached },
  { file: 'src/definition/plain-json.ts', was: 'parts > maxBytes', why: cached },
  { file: 'src/definition/plain-json.ts', was: 'parts <= maxBytes', why: cached },
  { file: 'src/definition/plain-json.ts', was: 'text.length * 3 > maxBytes', becomes: 'true', why: cached },
  {
    file: 'src/definition/plain-json.ts',
    was: 'text.length * 3 > maxBytes',
    becomes: 'text.length * 3 >= maxBytes',
    why: cached,
  },
  {
    file: 'src/definition/rules.ts',
    was: 'name === undefined',
    becomes: 'false',
    why: 'An id with a short word in its place is not too long.',
  },
  { file: 'src/definition/rules.ts', was: '!entry', becomes: 'false', why: noSuch },
  {
    file: 'src/definition/schema-at.ts',
    was: 'schema instanceof z.ZodArray && schema.element instanceof z.ZodType',
    why: forTypes,
  },
  { file: 'src/definition/secrets.ts', was: '[]', why: noSuch },
  { file: 'src/definition/secrets.ts', was: "typeof connector === 'string'", becomes: 'true', why: forTypes },
  {
    file: 'src/definition/secrets.ts',
    was: "typeof value === 'string'",
    becomes: 'true',
    why: 'What is neither text nor an object has another shape than any param, and is refused for that.',
  },
  {
    file: 'src/definition/shape.ts',
    was: "issues.some(({ code, path }) => code === 'invalid_type' && path.length === 0)",
    why: 'Of what is of another kind nothing else is wrong.',
  },
  { file: 'src/definition/shape.ts', was: "typeof value === 'string'", becomes: 'true', why: noSuch },
  { file: 'src/definition/shape.ts', was: 'schemaAt(path, schema)?.description', why: forTypes },
  { file: 'src/definition/shape.ts', was: "typeof value === 'object' && value !== null", why: noSuch },
  { file: 'src/definition/shape.ts', was: "typeof value === 'object'", becomes: 'true', why: noSuch },
  { file: 'src/definition/shape.ts', was: 'value !== null', becomes: 'true', why: noSuch },
  { file: 'src/definition/source-facts.ts', was: "''", becomes: '"Stryker was here!"', why: forTypes },
  { file: 'src/definition/source-facts.ts', was: 'specId === undefined', becomes: 'false', why: forTypes },
  { file: 'src/definition/source-rules.ts', was: 'facts.connector?.title', why: forTypes },
  {
    file: 'src/definition/source-rules.ts',
    was: 'column.type !== undefined',
    becomes: 'true',
    why: 'That it has no type is told by itself, and nothing else of that field.',
  },
  { file: 'src/definition/source-rules.ts', was: 'name === undefined', becomes: 'false', why: noSuch },
  { file: 'src/definition/start.ts', was: 'startTime === undefined', becomes: 'false', why: forTypes },
  { file: 'src/definition/warnings.ts', was: '[]', why: noSuch },
  {
    file: 'src/definition/watch.ts',
    was: 'receiver !== undefined',
    becomes: 'true',
    why: 'What is left out is not there: nothing is undefined in JSON.',
  },

  { file: 'src/runs/notification.ts', was: 'firstWindow?.runId', why: forTypes },
  { file: 'src/runs/notification.ts', was: 'firstWindow?.cause', why: forTypes },
  { file: 'src/runs/notification.ts', was: 'cause?.next', why: forTypes },
  { file: 'src/runs/notification.ts', was: "''", why: noSuch },
  { file: 'src/runs/reactions.ts', was: 'watch.pauseAfter !== undefined', becomes: 'true', why: noNumber },
  { file: 'src/runs/reactions.ts', was: 'record.last[0]?.cause', why: forTypes },
  { file: 'src/runs/reactions.ts', was: 'before.reported?.verdict', why: forTypes },
  { file: 'src/runs/reactions.ts', was: 'run.cause?.code', why: 'What has failed has a cause.' },
  { file: 'src/runs/reactions.ts', was: 'doubtSince === undefined', becomes: 'false', why: noNumber },
  { file: 'src/runs/health.ts', was: "verdict === 'stuck' && cause", why: implied },
  { file: 'src/runs/health.ts', was: "verdict === 'stuck'", becomes: 'true', why: implied },
  { file: 'src/runs/health.ts', was: '!expected || !flow.schedule', why: implied },
  { file: 'src/runs/health.ts', was: '!streak || !last[0]', why: implied },
  { file: 'src/runs/next-look.ts', was: 'onceDone !== undefined', becomes: 'true', why: noNumber },
  { file: 'src/runs/next-look.ts', was: 'deadline !== undefined', becomes: 'true', why: noNumber },
  {
    file: 'src/runs/verdict.ts',
    was: "''",
    why: 'What stands where a run has no error, and this one has some.',
  },
  { file: 'src/runs/verdict.ts', was: 'lost.length > 0', why: 'An empty text says no more than none.' },
  { file: 'src/runs/watch-state.ts', was: 'lastRead === undefined', becomes: 'false', why: forTypes },
  {
    file: 'src/runs/watch-state.ts',
    was: '{ now: readAt - behindMs, stuckAfterMs: patienceOf(known.record, settings) }',
    why: 'Only open runs need patience, and these have ended.',
  },
  {
    file: 'src/runs/watch-state.ts',
    was: 'readAt - behindMs',
    why: 'Only open runs need patience, and these have ended.',
  },
  { file: 'src/runs/watch-state.ts', was: 'record.streak?.verdict', why: forTypes },
  { file: 'src/runs/watch-state.ts', was: 'false', why: 'The look that begins a watch says it anyway.' },
  {
    file: 'src/runs/first-window.ts',
    was: 'start > loadedUntil',
    becomes: 'start >= loadedUntil',
    why: 'Moments that are the same fit.',
  },
  { file: 'src/runs/flow.ts', was: 'periodMs === undefined', becomes: 'false', why: noNumber },
  { file: 'src/runs/raw.ts', was: 'time === undefined', becomes: 'false', why: noNumber },
];

export function isNamed({ file, was, becomes }: Survivor): boolean {
  return named.some(
    (one) => one.file === file && one.was === was && (one.becomes === undefined || one.becomes === becomes),
  );
}
