import { proxyLocalActivities, sleep } from '@temporalio/workflow';
import type { Activities, BaseConnectionRequest, LookBack, Recalled } from '../../activities/index.ts';
import { givenConnection } from '../../definition/connection.ts';
import type { Definition } from '../../definition/definition.ts';
import { workflowId } from '../../definition/identity.ts';
import type { Problem } from '../../definition/problems.ts';
import { sourceFacts } from '../../definition/source-facts.ts';
import { askedOfSource } from '../../explore/asked-of-source.ts';
import { problemsOfBaseConnection } from '../../plan/base-connection-of.ts';
import { initializing } from '../../plan/decide-connection.ts';
import { factsOf, settingsOf, type ReadFacts } from '../../plan/facts-of.ts';
import { fieldsToRecall } from '../../plan/mapping-problems.ts';
import type { BaseConnection, FactReads, Notes, PlanReads } from '../../plan/reads.ts';
import { titleOf } from '../../resources/index.ts';
import { activityName } from '../../resources/kinds.ts';
import { listing, summarized } from '../calls.ts';
import { invalid } from '../failures.ts';
import { knownReceivers } from '../known-receivers.ts';
import type { Accepted } from './accept.ts';
import type { ProgressReport } from './progress.ts';

const { recall } = proxyLocalActivities<Activities>({
  startToCloseTimeout: '1 second',
  retry: { maximumAttempts: 1 },
  summary: 'Recall what needs no call to AEP',
});

/** What was read for a definition, which has the id of its base connection by then. */
export type Checked = Pick<ReadFacts, 'definition' | 'step' | 'context' | 'given'>;

/** What earlier executions under this id left: see `activities/dataflow/look-back.ts`. */
export function lookBack(): Promise<LookBack> {
  return summarized('Look what ran before').lookBack();
}

/** The same once all shows that it left: a create that was cut off just now may still make something that no list has yet. */
export async function waitForEarlierRuns(): Promise<LookBack> {
  const earlier = await lookBack();
  if (earlier.mayStillArrive)
    await sleep(earlier.bounds.settleMs, { summary: 'Until late requests must show' });
  return earlier;
}

/** What earlier runs of a dataflow noted, asked for from whichever workflow. */
export function readNotes(definition: Definition): Promise<Notes> {
  const request = { workflowId: workflowId(definition) };
  return summarized('Read what earlier runs noted', listing).readNotes(request);
}

/**
 * Asks for what needs no call to AEP, as a local activity: it is no step that could fail or take long, and an activity
 * would cost two ways through the server before the first create. What is not known is read as usual.
 *
 * @param again whether this run has tried before: then it needs no look back.
 */
export async function recallFacts(definition: Definition, again: boolean): Promise<Recalled> {
  const { sandbox, source } = definition;
  const id = givenConnection(source)?.id;
  const fields = fieldsToRecall(definition);
  const asked = askedOfSource(definition);
  try {
    const {
      baseConnection,
      source: said,
      ...facts
    } = await recall({
      flowSpec: flowSpecRequest(definition),
      ...(id ? { baseConnection: { sandbox, id } } : {}),
      ...(fields ? { fields } : {}),
      ...(asked && !again ? { source: { sandbox, asked } } : {}),
      ...(again ? {} : { lookBackAt: Date.now() }),
    });
    // Where there was trouble before, it may have been with this one, or somebody may have mended it.
    const doubted = again || facts.lookBack?.ranBefore;
    if (doubted) return facts;
    return { ...facts, ...(baseConnection ? { baseConnection } : {}), ...(said ? { source: said } : {}) };
  } catch {
    return {};
  }
}

/** What the source has, from memory or by a call of its own. */
export function sourceReads(
  { sandbox }: Pick<Definition, 'sandbox'>,
  recalled: Recalled,
  giveUp: { giveUpAfterMs?: number },
  during: During,
): Pick<PlanReads, 'source'> {
  return {
    source(asked, isNeeded) {
      if (recalled.source) return Promise.resolve(recalled.source);
      const checking = summarized(`Read ${asked.path} at the source`);
      return during('checkSource', checking.checkSource({ sandbox, asked, isNeeded, ...giveUp }));
    },
  };
}

type During = ProgressReport['during'];

/**
 * What is asked about one definition, each question an activity.
 * @param during is told which calls are under way.
 */
export function factReads(
  definition: Definition,
  giveUp: { giveUpAfterMs?: number },
  during: During,
): FactReads {
  const { sandbox } = definition;
  return {
    flowSpec(name, settings) {
      const request = { sandbox, name, settings, ...giveUp };
      return during('readFlowSpec', summarized('Read the flow spec').readFlowSpec(request));
    },
    baseConnection: (id) => readBaseConnection({ sandbox, id, ...giveUp }, during),
    connectionsNamed(asked) {
      const finding = summarized(`Look for base connection ${asked.name}`, listing);
      return during('findBaseConnections', finding.findBaseConnections({ ...asked, ...giveUp }));
    },
    given(kind, id) {
      const activity = activityName('read', kind);
      const reading = summarized(`Read the ${titleOf(kind)} that is given`);
      return during(activity, reading[activity]({ sandbox, id, ...giveUp }));
    },
    connectionSpec(id, asked) {
      const reading = summarized('Read the connection spec');
      return during('readConnectionSpec', reading.readConnectionSpec({ sandbox, id, asked, ...giveUp }));
    },
    encryptionKey(id) {
      const reading = summarized('Read when the key of the files ends');
      return during('readEncryptionKey', reading.readEncryptionKey({ sandbox, id, ...giveUp }));
    },
    descriptors(id) {
      const reading = summarized('Read the descriptors of the schema');
      return during('readDescriptors', reading.readDescriptors({ sandbox, id, ...giveUp }));
    },
    receivers: (watch) => knownReceivers(watch),
    part({ kind, id }, paths, nearestTo) {
      const { activity, title } = ofParts[kind];
      const request = { sandbox, id, paths, ...(nearestTo ? { nearestTo } : {}), ...giveUp };
      const lastPart = id.slice(id.lastIndexOf('/') + 1);
      return during(activity, summarized(`${title} ${lastPart}`)[activity](request));
    },
    schemaOfTitle(title, paths) {
      const finding = summarized(`Look for schema ${title}`);
      return during('findSchemaFields', finding.findSchemaFields({ sandbox, title, paths, ...giveUp }));
    },
    validate(body) {
      const validating = summarized('Validate the mapping');
      return during('validateMapping', validating.validateMapping({ sandbox, body, ...giveUp }));
    },
  };
}

const ofParts = {
  class: { activity: 'readClass', title: 'Read class' },
  fieldGroup: { activity: 'readFieldGroup', title: 'Read field group' },
  schema: { activity: 'readSchemaFields', title: 'Read the fields of schema' },
} as const;

/**
 * Reads what the definition takes for granted before anything is created: a base connection that AEP is still initializing
 * is waited for.
 * @param report is told what is waited for.
 * @param besides what else is wrong, asked for only where something is
 * @throws InvalidDefinition with everything that is wrong.
 */
export async function checkBeforeCreating(
  { definition, elsewhere }: Pick<Accepted, 'definition' | 'elsewhere'>,
  recalled: Recalled,
  giveUp: { giveUpAfterMs?: number },
  report: ProgressReport,
  besides: (definition: Definition) => Promise<Problem[]>,
): Promise<Checked> {
  const during = report.during.bind(report);
  const reads = factReads(definition, giveUp, during);
  const { problems, warnings, isInitializing, ...checked } = await factsOf(definition, reads, {
    recalled,
    elsewhere,
  });
  for (const warning of warnings) report.warn(warning);
  if (problems.length > 0) throw invalid([...problems, ...(await besides(checked.definition))]);
  if (isInitializing) {
    const id = checked.definition.source.baseConnectionId!;
    const note = `until AEP has enabled the base connection ${id}, which is ${initializing}`;
    report.step('check', 'running', { note });
    const { sandbox } = definition;
    const enabled = await readBaseConnection({ sandbox, id, waits: true, ...giveUp }, during);
    const left = problemsOfBaseConnection(checked.definition, enabled);
    if (left.length > 0) throw invalid(left);
  }
  return checked;
}

function readBaseConnection(request: BaseConnectionRequest, during: During): Promise<BaseConnection> {
  const reading = summarized('Read the base connection').readBaseConnection(request);
  return during('readBaseConnection', reading);
}

function flowSpecRequest(definition: Definition) {
  return {
    sandbox: definition.sandbox,
    name: sourceFacts(definition.source).family.flowSpec,
    settings: settingsOf(definition),
  };
}
