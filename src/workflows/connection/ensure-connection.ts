import { isCancellation, setCurrentDetails, sleep, upsertMemo } from '@temporalio/workflow';
import { z } from 'zod';
import type { LookBack } from '../../activities/index.ts';
import { checkConnection } from '../../definition/connection-rules.ts';
import { auth, connectionId, type Auth } from '../../definition/connection.ts';
import { connectorNames } from '../../definition/connectors.ts';
import { duration, durationMs } from '../../definition/duration.ts';
import { suggestions } from '../../definition/nearest.ts';
import type { Problem } from '../../definition/problems.ts';
import { secretsAsWritten } from '../../definition/secrets.ts';
import { sourceFacts } from '../../definition/source-facts.ts';
import { line, partName, prose, sandboxName, specId } from '../../definition/text.ts';
import { decideConnection } from '../../plan/decide-connection.ts';
import type { ConnectionAsked } from '../../plan/reads.ts';
import { emptyOutcome } from '../../resources/outcome.ts';
import { doubtTypes, listing, retry, summarized } from '../calls.ts';
import { waitForEarlierRuns } from '../dataflow/check-definition.ts';
import { nextPauseMs } from './pauses.ts';
import { endingOf, fail, invalid, isDoubt } from '../failures.ts';
import { checkInput, readOrRefuse, wrongInput } from '../inputs.ts';
import type { EnsureConnectionInput, EnsureConnectionResult } from './connection-messages.ts';
import { newNonce } from '../nonce.ts';
import { takeLock } from './lock.ts';

const what = 'This is no base connection';

const ensureInput = () =>
  z.strictObject({
    sandbox: sandboxName().describe('The name of the sandbox that it is in.'),
    name: partName().describe("The base connection's name in AEP."),
    connector: z.enum(connectorNames).optional().describe('What it connects to. Or give connectionSpec.'),
    connectionSpec: z
      .strictObject({ id: specId(), version: line(20).optional() })
      .optional()
      .describe('Instead of connector: the connection spec itself.'),
    auth: auth(),
    description: prose().optional(),
    giveUpAfter: duration().optional(),
  }) satisfies z.ZodType<EnsureConnectionInput>;

/** An input that has passed every check. */
interface Asked extends ConnectionAsked {
  auth: Auth;
  connectionSpecVersion: string;
  description: string;
  giveUpAfterMs?: number;
}

/**
 * Sees to it that AEP has a base connection of a name, with these credentials, and that its test of them passes: it is made,
 * or given the credentials anew, or kept. One of each name, whatever fails, and however many dataflows ask for it.
 *
 * Runs under the workflow id `connection:<sandbox>:<name>`. Secrets are references: each activity that needs one reads it
 * in its worker.
 *
 * @throws ApplicationFailure `Rejected` where AEP's test of the credentials fails; `InvalidDefinition` with everything that
 * is wrong with the input, and with secrets that the worker cannot read; `Conflict` where somebody else changes it.
 */
export async function ensureConnection(input: unknown): Promise<EnsureConnectionResult> {
  const asked = readOrRefuse(() => readInput(input));
  const { sandbox, name } = asked;
  readOrRefuse(() => takeLock(asked, 'made'));
  const earlier = await waitForEarlierRuns();
  const making = new Making(asked, earlier);
  try {
    const result = await making.ensured();
    setCurrentDetails(
      `The base connection **${connectionId({ sandbox, name })}** is \`${result.id}\`: ${result.outcome}`,
    );
    return result;
  } catch (error) {
    throw endingOf(error, {}) ?? error;
  } finally {
    // What may still come is looked for by the next run, which then waits until it must have shown.
    const { inDoubt, id } = making;
    if (!inDoubt)
      upsertMemo({ outcome: { ...emptyOutcome(), ...(id === undefined ? {} : { baseConnection: id }) } });
  }
}

class Making {
  readonly #asked: Asked;
  readonly #earlier: LookBack;
  readonly #began = Date.now();
  /** Whether a create was sent of which nobody knows what it did. */
  inDoubt = false;
  id: string | undefined;

  constructor(asked: Asked, earlier: LookBack) {
    this.#asked = asked;
    this.#earlier = earlier;
  }

  async ensured(): Promise<EnsureConnectionResult> {
    const { sandbox, name, giveUpAfterMs } = this.#asked;
    const { decision } = await this.#look();
    if (decision.action === 'create') this.id = await this.#created();
    else this.id = decision.there.id;
    const { id } = this;
    const ours = { sandbox, name, id, giveUpAfterMs };
    const of = { ...this.#asked, id };
    if (decision.action === 'update')
      await summarized(`Give ${name} its credentials`).authenticateBaseConnection({
        ...of,
        nonce: newNonce(),
      });
    await this.#enabled();
    await summarized(`Test ${name}`).testBaseConnection(of);
    if (decision.action === 'keep') return { id, outcome: 'kept' };
    await summarized(`Note that ${name} is tested`).noteTestedCredentials(ours);
    return { id, outcome: decision.action === 'create' ? 'made' : 'updated' };
  }

  /** @throws InvalidDefinition */
  async #look() {
    const { baseConnection } = this.#earlier;
    const look = await summarized(`Look for ${this.#asked.name}`, listing).findBaseConnections({
      ...this.#asked,
      ...(baseConnection === undefined ? {} : { knownId: baseConnection }),
    });
    const decision = decideConnection(this.#asked, look);
    if (!decision.action) throw invalid(decision.problems);
    return { decision, lookedIn: look.lookedIn };
  }

  /** Sends a create, and after a doubt no other before what the first may have made must have shown. */
  async #created(): Promise<string> {
    const { runId, bounds } = this.#earlier;
    const { httpTimeoutMs, settleMs } = bounds;
    const { name, giveUpAfterMs } = this.#asked;
    const { createBaseConnection } = summarized(`Create ${name}`, {
      startToCloseTimeout: httpTimeoutMs + 2_000,
      cancellationType: 'WAIT_CANCELLATION_COMPLETED',
      retry: { ...retry, nonRetryableErrorTypes: doubtTypes },
    });
    // After a reset another run has looked back, and what that one has sent may not show yet.
    let seenIn = runId;
    for (let pauseMs = settleMs; ; pauseMs = nextPauseMs(pauseMs, Date.now() - this.#began)) {
      try {
        this.inDoubt = true;
        // oxlint-disable-next-line no-await-in-loop
        const id = await createBaseConnection({ ...this.#asked, nonce: newNonce(), lookedIn: seenIn });
        this.inDoubt = false;
        return id;
      } catch (error) {
        if (isCancellation(error)) throw error;
        if (!isDoubt(error)) {
          this.inDoubt = false;
          throw error;
        }
        if (giveUpAfterMs !== undefined && Date.now() + pauseMs > this.#began + giveUpAfterMs) throw error;
      }
      // oxlint-disable-next-line no-await-in-loop
      await sleep(pauseMs, { summary: 'Until what was created must show' });
      // oxlint-disable-next-line no-await-in-loop
      const { decision, lookedIn } = await this.#look();
      this.inDoubt = false;
      if (decision.action !== 'create') return decision.there.id;
      seenIn = lookedIn;
    }
  }

  /** AEP takes about a minute and a half for some sorts of credentials. */
  async #enabled(): Promise<void> {
    const { sandbox, name, giveUpAfterMs } = this.#asked;
    const id = this.id!;
    const answer = await summarized(`Read ${name}`).readBaseConnection({
      sandbox,
      id,
      waits: true,
      ...(giveUpAfterMs === undefined ? {} : { giveUpAfterMs }),
    });
    const state = answer?.state ?? 'enabled';
    if (answer && state === 'enabled') return;
    throw fail(
      'Rejected',
      `The base connection "${name}" (${id}) is ${answer ? state : 'gone'}: it must be enabled`,
    );
  }
}

function readInput(input: unknown): Asked {
  const written = secretsAsWritten(input);
  if (written.length > 0) throw wrongInput(what, written);
  const given = checkInput(ensureInput(), input, what);
  const { sandbox, name, connector, connectionSpec, auth, description = '', giveUpAfter } = given;
  const problems: Problem[] = [];
  const report = (field: string, message: string) => problems.push({ field, message });
  if ((connector === undefined) === (connectionSpec === undefined))
    report(
      'connector',
      'is required: a name such as google-bigquery, or connectionSpec instead, and not both',
    );
  checkConnection(given, '', report, () => false, suggestions());
  if (problems.length > 0) throw wrongInput(what, problems);
  const spec = sourceFacts({ connector, connectionSpec }).connectionSpec;
  const giveUpAfterMs = giveUpAfter === undefined ? undefined : durationMs(giveUpAfter);
  return {
    sandbox,
    name,
    connectionSpecId: spec.id,
    connectionSpecVersion: spec.version,
    auth,
    field: 'auth',
    description,
    ...(giveUpAfterMs === undefined ? {} : { giveUpAfterMs }),
  };
}
