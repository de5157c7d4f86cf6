import {
  Client,
  Connection,
  QueryNotRegisteredError,
  QueryRejectedError,
  WorkflowClient,
  WorkflowNotFoundError,
  type WorkflowHandle,
} from '@temporalio/client';
import { WorkflowExecutionAlreadyStartedError } from '@temporalio/common';
import { dataflowHandle, type DataflowHandle } from './client/dataflow-handle.ts';
import { DataflowError, dataflowError, mustBeGood, told, updated } from './client/dataflow-error.ts';
import { connectionId, connectionWorkflowId } from './definition/connection.ts';
import type { Definition } from './definition/definition.ts';
import { cut } from './cut.ts';
import { dataflowId, definitionHash, workflowId } from './definition/identity.ts';
import { nameProblems } from './definition/named.ts';
import { parseDefinition } from './definition/parse.ts';
import { InvalidDefinitionError } from './definition/problems.ts';
import { secretsAsWritten } from './definition/secrets.ts';
import { workflowIdProblem } from './definition/text.ts';
import { bareDefinition, isWrapped } from './definition/wrapped.ts';
import type { FailureType } from './failure-types.ts';
import { heldConflict } from './client/held.ts';
import { historyOf, type HistoryEntry } from './client/history.ts';
import { isRefusedAsPaused } from './client/paused.ts';
import { readTemporal } from './settings/temporal-settings.ts';
import {
  lastWatcher,
  listDataflows,
  listWatched,
  waitsForIn,
  type StillThere,
  type DataflowHealth,
  type DataflowStatus,
  type Pace,
  type UnderWay,
  type WhichDataflows,
} from './client/status.ts';
import {
  taskQueue,
  workflowTaskTimeout,
  type Approve,
  type CheckSetupInput,
  type CheckSetupResult,
  type CreateDataflowInput,
  type CreateDataflowResult,
  type DeleteDataflowInput,
  type DeleteDataflowResult,
  type ExploreSourceInput,
  type ExploreSourceResult,
  type ImportDataflowInput,
  type ImportDataflowResult,
  type ListOrphansInput,
  type ListOrphansResult,
  type Progress,
  type Reject,
  type SuggestDefinitionInput,
  type SuggestDefinitionResult,
  type PlanDataflowInput,
  tryProgressQuery,
  type TrySandboxInput,
  type TrySandboxResult,
  type UpdateDataflowInput,
  type UpdateDataflowResult,
} from './workflows/messages.ts';
import { add, planAmong, startMany, type ApplyHandle, type ManyPlans } from './client/many-dataflows.ts';
import type { Plan } from './plan/plan.ts';
import { watcherHandle, type WatcherHandle } from './client/watcher-handle.ts';
import type {
  DeleteConnectionInput,
  DeleteConnectionResult,
  DescribeConnectionInput,
  DescribeConnectionResult,
  EnsureConnectionInput,
  EnsureConnectionResult,
} from './workflows/connection/connection-messages.ts';
import { announcementOf } from './workflows/dataflow/announcement.ts';
import {
  applyProgressQuery,
  type ApplyDataflowsInput,
  type PlanDataflowsInput,
  type PlanDataflowsResult,
} from './workflows/sandbox/many-messages.ts';
import type { WorkflowType } from './workflows/types.ts';
import {
  healthQuery,
  watcherWorkflowId,
  type Health,
  type WatchInput,
  type WatchResult,
} from './workflows/watch/watch-messages.ts';

export interface ConnectOptions {
  /** Where Temporal's settings are read instead of in the environment of this process. */
  env?: Record<string, string | undefined>;
  /** A Temporal client that is there already; `close` leaves its connection open. Default: by the usual Temporal settings. */
  client?: Client;
}

/**
 * Connects to Temporal by its usual settings: `TEMPORAL_ADDRESS`, `TEMPORAL_NAMESPACE`, TLS, API key, profiles in
 * `temporal.toml`, as the Temporal CLI reads them.
 * @throws InvalidEnvironmentError before it connects, where Temporal's tools would each read them in another way.
 */
export async function connect(options: ConnectOptions = {}): Promise<AepDataflows> {
  if (options.client) return new AepDataflows(options.client, async () => undefined);
  const { connectionOptions, namespace } = readTemporal('client', options.env);
  const connection = await Connection.connect(connectionOptions);
  const client = new Client({ connection, ...(namespace ? { namespace } : {}) });
  return new AepDataflows(client, () => connection.close());
}

/** Starts dataflows and asks after them. */
export class AepDataflows {
  readonly #client: Client;
  readonly close: () => Promise<void>;

  /** See `connect`. */
  constructor(client: Client, close: () => Promise<void>) {
    this.#client = client;
    this.close = close;
  }

  /**
   * Starts creating a dataflow. The same definition started twice is the same execution while it runs, and after that
   * a new one that finds everything in place.
   * @param input a definition, or an object that holds one and says more: `CreateDataflowInput`.
   * @throws InvalidDefinitionError with every problem, before any call is made.
   * @throws DataflowError `Conflict` where something else runs under the dataflow's id.
   */
  async start(input: unknown): Promise<DataflowHandle> {
    const definition = definitionIn(input);
    const id = workflowId(definition);
    const { memo, searchAttributes } = announcementOf(definition);
    for (;;) {
      try {
        const started = await this.#client.workflow.start('createDataflow', {
          workflowId: id,
          taskQueue,
          workflowIdConflictPolicy: 'FAIL',
          workflowTaskTimeout,
          args: [input],
          memo,
          typedSearchAttributes: searchAttributes,
          staticSummary: `Creates the dataflow ${dataflowId(definition)}`,
        });
        return dataflowHandle(started);
      } catch (error) {
        if (!(error instanceof WorkflowExecutionAlreadyStartedError)) throw error;
        const running = await this.#runOf(definition);
        if (running) return dataflowHandle(running);
      }
    }
  }

  /**
   * A dataflow that was started before, here or elsewhere.
   * @throws DataflowError `InvalidDefinition` where no dataflow can have this name.
   */
  dataflow(named: Pick<Definition, 'sandbox' | 'name'>): DataflowHandle {
    return dataflowHandle(this.#client.workflow.getHandle(lockOf(named)));
  }

  /**
   * What a create or an update of this definition would do in AEP: nothing is changed by asking.
   * `planAsText` and `planAsMermaid` render it.
   * @param how `sampleRows`: of how many of the first rows of the source it shows what they would become, at most 5. They stay
   * in the workflow's history.
   * @throws InvalidDefinitionError with every problem that the definition has by itself, before any call is made. What AEP
   * has against it is in the plan's `problems`.
   */
  async plan(input: unknown, how: Pick<PlanDataflowInput, 'sampleRows'> = {}): Promise<Plan> {
    const { definition } = parseDefinition(input);
    return told(
      this.#client.workflow.execute('planDataflow', {
        workflowId: fitting('sandbox', `plan:${definition.sandbox}:${crypto.randomUUID()}`),
        taskQueue,
        args: [how.sampleRows === undefined ? input : { definition: input, ...how }],
        staticSummary: `Plans the dataflow ${dataflowId(definition)}`,
      }),
    );
  }

  /**
   * The same of many definitions, of whatever sandboxes, from one look at each list of a sandbox: digest and counts of each,
   * and the plan of any one by `plan(name)`. A definition that is wrong is told for itself.
   * @throws DataflowError `InvalidDefinition` where it makes no sense as a whole, such as a `mask` that no definition has.
   */
  async planMany(input: PlanDataflowsInput): Promise<ManyPlans> {
    const workflowId = `plans:${crypto.randomUUID()}`;
    const start = (first: PlanDataflowsInput) =>
      this.#client.workflow.start('planDataflows', {
        workflowId,
        taskQueue,
        workflowTaskTimeout,
        args: [first],
        staticSummary: `Plans ${input.definitions?.length ?? 0} dataflows`,
      });
    try {
      const handle = await startMany(input, start);
      const result = (await handle.result()) as PlanDataflowsResult;
      return {
        ...result,
        workflowId,
        plan: (name) =>
          planAmong(this.#client, workflowId, name).catch((error: unknown) => {
            throw error instanceof QueryNotRegisteredError
              ? new DataflowError('InvalidDefinition', error.message)
              : error;
          }),
      };
    } catch (error) {
      throw dataflowError(error);
    }
  }

  /**
   * Starts making AEP have what many definitions ask for: what is not there is made, what is not as asked for is changed,
   * each dataflow under its own id, so many at a time. Started again it goes on where AEP is.
   * @param input `each` says by name what counts for one dataflow: the `digest` of its plan, and choices.
   * @param options an id for the workflow, so that no second one runs under it.
   * @throws DataflowError `InvalidDefinition` where it makes no sense as a whole; `Conflict` where something runs under that id.
   */
  async apply(input: ApplyDataflowsInput, options: { workflowId?: string } = {}): Promise<ApplyHandle> {
    const workflowId = options.workflowId ?? `apply:${crypto.randomUUID()}`;
    const start = (first: ApplyDataflowsInput) =>
      this.#client.workflow.start('applyDataflows', {
        workflowId,
        taskQueue,
        workflowIdConflictPolicy: 'FAIL',
        workflowTaskTimeout,
        args: [first],
        staticSummary: `Applies ${input.definitions?.length ?? 0} dataflows`,
      });
    try {
      await startMany(input, start);
    } catch (error) {
      if (!(error instanceof WorkflowExecutionAlreadyStartedError)) throw dataflowError(error);
      throw new DataflowError('Conflict', `${workflowId} runs already: wait for it, or add to it`);
    }
    return this.applied(workflowId);
  }

  /** An apply that was started before, here or elsewhere. */
  applied(workflowId: string): ApplyHandle {
    const handle = this.#client.workflow.getHandle(workflowId);
    return {
      workflowId,
      result: () => told(handle.result()),
      progress: () => told(handle.query(applyProgressQuery)),
      add: (more) => add(handle, more),
      cancel: async () => void (await handle.cancel()),
    };
  }

  /**
   * Changes a living dataflow so that it is as its definition asks for, and waits until it is done: seconds where AEP can
   * change it in place, until the last run of the old flow has ended where another takes its place.
   * @throws InvalidDefinitionError with every problem, before any call is made.
   * @throws DataflowError `StalePlan`, `ChoiceNeeded` and `Conflict`, with the plan that counts now in `details.plan`;
   * `Conflict` also where something else runs under the dataflow's id.
   */
  async update(input: UpdateDataflowInput): Promise<UpdateDataflowResult> {
    const bare = bareDefinition({ ...input });
    if (bare) throw new InvalidDefinitionError([bare]);
    const { definition } = parseDefinition(input.definition);
    const result: unknown = await this.#executeAlone('updateDataflow', definition, {
      args: [input],
      staticSummary: `Changes the dataflow ${dataflowId(definition)}`,
    });
    return result as UpdateDataflowResult;
  }

  /**
   * The definition that would have made a flow, whoever made it. With `adopt` the flow becomes a dataflow of ours.
   * @throws DataflowError `InvalidDefinition` where AEP has no such flow, where no definition makes one like it, or where it
   * needs another name; `Conflict` where another dataflow has it or part of it, where the definition cannot say all that
   * matters of it (then `details.plan` tells what), or where something else runs under the dataflow's id.
   */
  async importDataflow(input: ImportDataflowInput): Promise<ImportDataflowResult> {
    const { sandbox, flowId, name, adopt } = input;
    if (adopt) {
      // The id under which it is adopted has the dataflow's name.
      const named = {
        sandbox,
        name: name ?? (await this.importDataflow({ sandbox, flowId })).definition.name,
      };
      const adopted: unknown = await this.#executeAlone('importDataflow', named, {
        args: [{ ...input, ...named }],
        staticSummary: `Adopts the flow ${flowId} as ${dataflowId(named)}`,
      });
      return adopted as ImportDataflowResult;
    }
    return told(
      this.#client.workflow.execute('importDataflow', {
        workflowId: fitting('sandbox', `import:${sandbox}:${crypto.randomUUID()}`),
        taskQueue,
        args: [input],
        staticSummary: `Reads the flow ${flowId} into a definition`,
      }),
    );
  }

  /**
   * What a source holds, as AEP sees it: its tables, or files and folders; with `path` the columns of one.
   * @throws DataflowError `InvalidDefinition` where there is no such connection or path; `Unavailable` where the source is away.
   */
  async explore(input: ExploreSourceInput): Promise<ExploreSourceResult> {
    return this.#look('exploreSource', 'explore', input, 'Looks into a source');
  }

  /**
   * A complete definition that loads a table, a file or a folder of files, to be edited, with the reasons for what it says.
   * @throws DataflowError as `explore` does.
   */
  async suggest(input: SuggestDefinitionInput): Promise<SuggestDefinitionResult> {
    return this.#look('suggestDefinition', 'suggest', input, `Suggests a definition for ${input.path}`);
  }

  /**
   * What AEP says to a worker with its credentials: token, sandboxes, what may be read, its clock. Nothing is changed.
   * @throws DataflowError `Unavailable` where no worker has asked.
   */
  async checkSetup(input: CheckSetupInput = {}): Promise<CheckSetupResult> {
    return told(
      this.#client.workflow.execute('checkSetup', {
        workflowId: `setup:${crypto.randomUUID()}`,
        taskQueue,
        args: [input],
        staticSummary: 'Asks AEP what a worker may do',
      }),
    );
  }

  /**
   * Begins to try out in a sandbox what no document of AEP's says: makes parts of a dataflow, with `path` a whole one, changes
   * that, and deletes all but mapping sets, whether anybody waits for it or not.
   */
  async trySandbox(input: TrySandboxInput): Promise<TryHandle> {
    const workflowId = fitting('sandbox', `try:${input.sandbox}:${crypto.randomUUID()}`);
    const handle = await told<WorkflowHandle>(
      this.#client.workflow.start('trySandbox', {
        workflowId,
        taskQueue,
        args: [input],
        staticSummary: cut(`Tries out the sandbox ${input.sandbox}`, 200),
      }),
    );
    return {
      workflowId,
      progress: () => told(handle.query(tryProgressQuery)),
      result: () => told(handle.result()),
    };
  }

  /**
   * What was done to a dataflow and what others have changed about its flow, oldest first, as long as Temporal keeps it:
   * creates, updates and deletes with their plans and what people decided about those, and drift.
   * @throws DataflowError `InvalidDefinition` where no dataflow can have this name.
   */
  async history(named: Pick<Definition, 'sandbox' | 'name'>): Promise<HistoryEntry[]> {
    return historyOf(this.#client, lockOf(named), dataflowId(named));
  }

  /**
   * Deletes a dataflow and waits until it is done.
   * @throws DataflowError `Conflict` where it is just being created or deleted.
   */
  async delete(input: DeleteDataflowInput): Promise<DeleteDataflowResult> {
    const result: unknown = await this.#executeAlone('deleteDataflow', input, {
      args: [input],
      staticSummary: `Deletes the dataflow ${dataflowId(input)}`,
    });
    return result as DeleteDataflowResult;
  }

  /**
   * Sees to it that AEP has a base connection with these credentials, and that its test of them passes. Secrets are
   * references: workers read them.
   * @throws InvalidDefinitionError where a secret is written down, before any call is made.
   * @throws DataflowError `Rejected` where the test fails; `InvalidDefinition`, also for secrets that a worker cannot read;
   * `Conflict` where it is just being made or deleted.
   */
  async ensureConnection(input: EnsureConnectionInput): Promise<EnsureConnectionResult> {
    const written = secretsAsWritten(input);
    if (written.length > 0) throw new InvalidDefinitionError(written, 'The base connection');
    const result: unknown = await this.#executeConnection('ensureConnection', input, {
      args: [input],
      staticSummary: `Sees to the base connection ${connectionId(input)}`,
    });
    return result as EnsureConnectionResult;
  }

  /**
   * What AEP has of a base connection, whoever made it; with `test` also whether it can sign in to the source.
   * @throws DataflowError `InvalidDefinition` where there is none, or where several have the name; `Rejected` where the test
   * fails.
   */
  async describeConnection(input: DescribeConnectionInput): Promise<DescribeConnectionResult> {
    return this.#look('describeConnection', 'describe', input, 'Describes a base connection');
  }

  /**
   * Deletes a base connection that was made from a definition.
   * @throws DataflowError `Conflict` where flows load from it, or where it is just being made or deleted.
   */
  async deleteConnection(input: DeleteConnectionInput): Promise<DeleteConnectionResult> {
    const result: unknown = await this.#executeConnection('deleteConnection', input, {
      args: [input],
      staticSummary: `Deletes the base connection ${connectionId(input)}`,
    });
    return result as DeleteConnectionResult;
  }

  /** Finds what carries our mark in a sandbox and belongs to no flow, and deletes of it what `delete` names. */
  async listOrphans(input: ListOrphansInput): Promise<ListOrphansResult> {
    const options = {
      workflowId: fitting('sandbox', `orphans:${input.sandbox}:${crypto.randomUUID()}`),
      taskQueue,
      args: [input],
    };
    return told(this.#client.workflow.execute('listOrphans', options));
  }

  /**
   * How a flow does, as its watcher sees it. Undefined where nobody watches it: a watch that has ended says nothing
   * about how the flow is now.
   * @param flow AEP's id of the flow, and its sandbox.
   * @throws DataflowError `Conflict` where the watcher is paused in Temporal.
   */
  async health(flow: { sandbox: string; flowId: string }): Promise<Health | undefined> {
    const { connection, workflow } = this.#client;
    // Temporal answers queries of workflows that have ended, too, unless a client says otherwise for all of its own.
    const open = new WorkflowClient({ ...workflow.options, connection, queryRejectCondition: 'NOT_OPEN' });
    try {
      return await open.getHandle(watcherWorkflowId(flow)).query(healthQuery);
    } catch (error) {
      const hasEnded = error instanceof QueryRejectedError && !isRefusedAsPaused(error);
      if (hasEnded || error instanceof WorkflowNotFoundError) return undefined;
      throw dataflowError(error);
    }
  }

  /**
   * All dataflows, the worst first, a moment later than their workflows know: those that are watched, those that are made or
   * changed just now, and those that nobody watches any more.
   * @param pace is waited for before each list that Temporal is asked for: one for a thousand dataflows.
   * @param whichStay finds out which of those are still there that nobody watches any more. Default: by asking Temporal each time.
   */
  list(which: WhichDataflows = {}, pace?: Pace, whichStay?: StillThere): Promise<DataflowStatus[]> {
    return listDataflows(this.#client, which, pace, whichStay);
  }

  /**
   * How a dataflow does: what is being done to it just now, and how its flow is. What failed later hides no flow that lives.
   * @throws DataflowError `InvalidDefinition` where no dataflow can have this name.
   */
  async status(named: Pick<Definition, 'sandbox' | 'name'>): Promise<DataflowHealth> {
    const lock = lockOf(named);
    const dataflow = dataflowId(named);
    const describe = async () => {
      const { type, closeTime, typedSearchAttributes } = await this.#client.workflow
        .getHandle(lock)
        .describe();
      return closeTime ? undefined : { doing: type, ...waitsForIn(typedSearchAttributes) };
    };
    const [doing, [watched]] = await Promise.all([
      describe().catch((error: unknown) => {
        if (error instanceof WorkflowNotFoundError) return undefined;
        throw error;
      }),
      listWatched(this.#client, { dataflow }),
    ]);
    const { sandbox } = named;
    const health = watched && (await this.health({ sandbox, flowId: watched.flowId }));
    const last = health ? undefined : await this.#lastWatch(dataflow);
    return {
      dataflow,
      ...doing,
      ...(health ? { health } : {}),
      ...last,
    };
  }

  /**
   * How the flow was at the end of its last watch, and who ended that. A watcher that has ended answers as long as Temporal keeps
   * its history.
   */
  async #lastWatch(dataflow: string): Promise<Pick<DataflowHealth, 'last' | 'unwatched'>> {
    const { watcher, unwatched } = (await lastWatcher(this.#client, dataflow)) ?? {};
    const last = await watcher?.query(healthQuery).catch(() => undefined);
    return { ...(last ? { last } : {}), ...(unwatched ? { unwatched } : {}) };
  }

  /**
   * The watcher of a dataflow's flow, to ask it something.
   * @throws DataflowError `Conflict` where nobody watches a flow of it.
   */
  async watcherOf(named: Pick<Definition, 'sandbox' | 'name'>): Promise<WatcherHandle> {
    lockOf(named);
    const dataflow = dataflowId(named);
    const [watched] = await listWatched(this.#client, { dataflow });
    if (!watched) throw new DataflowError('Conflict', `Nobody watches a flow of ${dataflow}`);
    return this.watcher({ sandbox: named.sandbox, flowId: watched.flowId });
  }

  /**
   * Watches a flow that nobody watches yet, ours or not. One that is watched already goes on to be, as it was.
   * @throws DataflowError `InvalidDefinition` when it is asked something, where AEP has no such flow.
   */
  async watch(input: WatchInput): Promise<WatcherHandle> {
    await this.#client.workflow.start('watchFlowRuns', {
      workflowId: fitting('flowId', watcherWorkflowId(input)),
      taskQueue,
      workflowIdConflictPolicy: 'USE_EXISTING',
      args: [input],
      staticSummary: `Watches the runs of the flow ${input.flowId}`,
    });
    return this.watcher(input);
  }

  /** The watcher of a flow, to ask it something. */
  watcher(flow: { sandbox: string; flowId: string }): WatcherHandle {
    return watcherHandle(this.#client, flow, (send) => updated(send, () => this.#whyNobodyWatches(flow)));
  }

  /** Why a flow has no watcher that could be asked something. Its result is there also where no worker runs. */
  async #whyNobodyWatches(flow: { sandbox: string; flowId: string }): Promise<DataflowError> {
    const about = `Nobody watches the flow ${flow.flowId} in ${flow.sandbox}`;
    const { workflow } = this.#client;
    const workflowId = watcherWorkflowId(flow);
    try {
      const { runId, closeTime } = await workflow.getHandle(workflowId).describe();
      const ended = closeTime
        ? ((await workflow.getHandle(workflowId, runId).result()) as WatchResult)
        : undefined;
      const replacedBy = ended?.replacedBy;
      if (replacedBy !== undefined)
        return new DataflowError(
          'Conflict',
          `${about}: it was replaced by the flow ${replacedBy}, which is watched instead`,
          { reason: 'replaced', replacedBy },
        );
    } catch {
      // It never was, it failed, or somebody terminated it: that it has ended is all there is to say.
    }
    return new DataflowError('Conflict', `${about}: its watch has ended, or was never begun`);
  }

  /** Runs a workflow that changes nothing, and so may have any id. */
  #look<Answer>(
    type: string,
    verb: string,
    input: { sandbox: string },
    staticSummary: string,
  ): Promise<Answer> {
    return told(
      this.#client.workflow.execute(type, {
        workflowId: fitting('sandbox', `${verb}:${input.sandbox}:${crypto.randomUUID()}`),
        taskQueue,
        args: [input],
        staticSummary: cut(staticSummary, 200),
      }),
    );
  }

  /** Runs a workflow under the dataflow's id, and waits for it. */
  async #executeAlone(
    type: 'updateDataflow' | 'importDataflow' | 'deleteDataflow',
    named: Pick<Definition, 'sandbox' | 'name'>,
    options: { args: unknown[]; staticSummary: string },
  ): Promise<unknown> {
    return this.#execute(type, lockOf(named), `The dataflow ${dataflowId(named)}`, options);
  }

  /** Runs a workflow under the base connection's id, and waits for it. */
  async #executeConnection(
    type: 'ensureConnection' | 'deleteConnection',
    named: { sandbox: string; name: string },
    options: { args: unknown[]; staticSummary: string },
  ): Promise<unknown> {
    const workflowId = fitting('name', connectionWorkflowId(named));
    return this.#execute(type, workflowId, `The base connection ${connectionId(named)}`, options);
  }

  /** @param subject what nothing else may be at work on. */
  async #execute(
    type: WorkflowType,
    workflowId: string,
    subject: string,
    options: { args: unknown[]; staticSummary: string },
  ): Promise<unknown> {
    try {
      return await this.#client.workflow.execute(type, {
        ...options,
        workflowId,
        taskQueue,
        workflowIdConflictPolicy: 'FAIL',
      });
    } catch (error) {
      if (!(error instanceof WorkflowExecutionAlreadyStartedError)) throw dataflowError(error);
      throw await heldConflict(this.#client, workflowId, subject);
    }
  }

  /**
   * What runs under the dataflow's id. Undefined where it has just ended.
   * @throws DataflowError `Conflict` where it is not the create of this very definition.
   */
  async #runOf(definition: Definition): Promise<WorkflowHandle | undefined> {
    const handle = this.#client.workflow.getHandle(workflowId(definition));
    const { type, memo, runId, closeTime } = await handle.describe();
    // One that is paused in Temporal is open too.
    if (closeTime) return undefined;
    const id = dataflowId(definition);
    const subject = `The dataflow ${id}`;
    if (type !== 'createDataflow') throw await heldConflict(this.#client, handle.workflowId, subject);
    const hash = memo?.['definition'] ?? (await this.#hashOfInput(handle));
    if (hash === definitionHash(definition)) return this.#client.workflow.getHandle(handle.workflowId, runId);
    throw await heldConflict(this.#client, handle.workflowId, subject, ' from another definition');
  }

  /** Started by hand, and not begun yet: then only its input says what it is. */
  async #hashOfInput({ workflowId }: WorkflowHandle): Promise<string | undefined> {
    const { history } = await this.#client.workflowService.getWorkflowExecutionHistory({
      namespace: this.#client.options.namespace,
      execution: { workflowId },
      maximumPageSize: 1,
    });
    let payloads = history?.events?.[0]?.workflowExecutionStartedEventAttributes?.input?.payloads ?? [];
    const { loadedDataConverter, namespace } = this.#client.options;
    const { payloadCodecs, payloadConverter } = loadedDataConverter;
    try {
      for (const codec of payloadCodecs.toReversed())
        payloads = await codec.decode(payloads, { type: 'workflow', namespace, workflowId });
      const input: unknown = payloadConverter.fromPayload(payloads[0]!);
      return definitionHash(definitionIn(input));
    } catch {
      return undefined;
    }
  }
}

/** The definition that a create is asked for with. */
function definitionIn(input: unknown): Definition {
  return parseDefinition(isWrapped(input) ? input.definition : input).definition;
}

/** The workflow id of a dataflow, if one can have this name. */
function lockOf(named: Pick<Definition, 'sandbox' | 'name'>): string {
  mustBeGood(nameProblems(named));
  return workflowId(named);
}

/** The id, if Temporal takes it: a longer one can end in a time-out that does not name it. */
function fitting(field: string, id: string): string {
  const message = workflowIdProblem(id);
  mustBeGood(message ? [{ field, message }] : []);
  return id;
}

export { DataflowError };
export type { DataflowHandle, FullProgress } from './client/dataflow-handle.ts';
export type { Paused } from './client/paused.ts';
export type { WaitingCall } from './client/waiting-calls.ts';
export { InvalidEnvironmentError } from './settings/invalid-environment.ts';
export { InvalidDefinitionError, type Problem, type Warning } from './definition/problems.ts';
export { parseDefinition };
export type { ApprovalMessage, CreateMessage, FlowMessage, Message } from './runs/notification.ts';
export type { Watch } from './definition/watch.ts';
export { planAsMermaid, planAsText } from './plan/render.ts';
export { isEmpty, setsWatch, type Plan } from './plan/plan.ts';
export type { ApplyHandle, ManyPlans } from './client/many-dataflows.ts';
export type {
  Added,
  AddedToApply,
  AppliedDataflow,
  ApplyDataflowsInput,
  ApplyDataflowsResult,
  ApplyProgress,
  PlanDataflowsInput,
  PlanDataflowsResult,
  PlannedDataflow,
} from './workflows/sandbox/many-messages.ts';
export type { DataflowHealth, DataflowStatus, Pace, StillThere, UnderWay, WhichDataflows };
export type { NotedHealth } from './runs/noted-health.ts';
export type { HistoryEntry, WatcherHandle, WatchInput };
export type { ImportDataflowInput, ImportDataflowResult };
export type { ExploreSourceInput, ExploreSourceResult, SuggestDefinitionInput, SuggestDefinitionResult };
export type { CheckSetupInput, CheckSetupResult, TrySandboxInput, TrySandboxResult };

/** One `trySandbox`, running or ended. */
export interface TryHandle {
  readonly workflowId: string;
  /** How far it is, a line for each step. */
  progress(): Promise<string[]>;
  /**
   * Waits until it has ended.
   * @throws DataflowError with what AEP refused; `details.left` tells what could not be deleted.
   */
  result(): Promise<TrySandboxResult>;
}
export type { Measured } from './setup-tried.ts';
export type { SetupCheck } from './setup-check.ts';
export type { NotExpressible } from './plan/unsaid.ts';
export type {
  DeleteConnectionInput,
  DeleteConnectionResult,
  DescribeConnectionInput,
  DescribeConnectionResult,
  EnsureConnectionInput,
  EnsureConnectionResult,
} from './workflows/connection/connection-messages.ts';
export type { DeleteDataflowInput, DeleteDataflowResult, ListOrphansInput, ListOrphansResult };
export type {
  Approve,
  CreateDataflowInput,
  PlanDataflowInput,
  Reject,
  UpdateDataflowInput,
  UpdateDataflowResult,
};
export type { Decision, PlanInQuestion } from './workflows/messages.ts';
export type { CreateDataflowResult, Definition, FailureType, Health, Progress };
export type { Step, StepName, StepState } from './workflows/messages.ts';
export type { Kind, ResourceIds } from './resources/kinds.ts';
