import { MockActivityEnvironment } from '@temporalio/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startEmulator, type Emulator } from '../../emulator/emulator.ts';
import { createTryActivities } from '../../src/activities/setup/try-aep.ts';
import { createAep } from '../../src/aep/aep.ts';
import { settingsThatFollow, type Bounds, type Measured, type Tried } from '../../src/setup-tried.ts';
import { makeFlow } from '../watch/make-flow.ts';

let emulator: Emulator;
beforeAll(async () => {
  emulator = await startEmulator();
});
afterAll(() => emulator.close());

const generous: Bounds = { httpTimeoutMs: 60_000, lateCommitMs: 60_000, listLagMs: 60_000 };

function triesOf({ url }: Emulator, bounds = generous) {
  const aep = createAep({
    apiUrl: url,
    imsUrl: url,
    clientId: 'me',
    clientSecret: 'any',
    orgId: 'ACME@AdobeOrg',
    scopes: 'openid',
    httpTimeoutMs: 5_000,
  });
  return { aep, ...createTryActivities({ aep, watchIntervalMs: 1, webhooks: {}, ...bounds }) };
}

const heldOf = (measured: Measured[]) => Object.fromEntries(measured.map(({ guess, held }) => [guess, held]));

/** What a try of the sandbox brings: whether each guess held, and the settings. */
async function tried(nonce: string, bounds: Bounds) {
  const { tryParts } = triesOf(emulator, bounds);
  const request = { sandbox: 'dev', name: `try-${nonce}`, nonce };
  const { measured, left } = (await new MockActivityEnvironment().run(tryParts, request)) as Tried;
  return { held: heldOf(measured), left, settings: settingsThatFollow(measured, bounds) };
}

const guesses = {
  'a create is answered: a schema': true,
  'a create is answered: a dataset': true,
  'a create is answered: a target connection': true,
  'what was made can be referred to by a dataset': true,
  'what was made can be referred to by a target connection': true,
  'what was made can be read: a schema': true,
  'what was made can be read: a dataset': true,
  'what was made can be read: a target connection': true,
  'lists show what was made: a schema': true,
  'lists show what was made: a dataset': true,
  'lists show what was made: a target connection': true,
  'what was made by a request that was cut off shows in lists': true,
  'a mapping set keeps its name': true,
  'a PUT of a mapping set makes its next version': true,
  'a mapping set is shown in its newest version where none is asked for': true,
  'target connections can be listed by name': true,
  'such a list has none of another name': true,
  'such a list has none whose name is in other letters (A, a)': true,
  'lists show no more what was deleted: a target connection': true,
  'lists show no more what was deleted: a dataset': true,
  'lists show no more what was deleted: a schema': true,
};

describe('what is made and deleted again', () => {
  it('where AEP is as we guess every guess has held, nothing follows, and only a mapping set is left', async () => {
    const { held, left, settings } = await tried('aaaaaaaa', generous);
    expect(held).toEqual(guesses);
    expect(settings).toEqual({});
    expect(left).toEqual([expect.stringMatching(/^mapping set \w+: AEP cannot delete mapping sets$/)]);
    const { control } = emulator;
    expect(
      JSON.stringify([control.resources('dataSets', 'dev'), control.resources('schemas', 'dev')]),
    ).not.toContain('aaaaaaaa');
    expect(control.resources('targetConnections', 'dev')).toEqual([]);
  });

  it('where AEP is otherwise in each of these, each is said, and what workers need', async () => {
    const otherwise = {
      latencyMs: 60,
      listLagMs: 600,
      referenceLagMs: 600,
      mappingSetNames: 'dropped',
      mappingSetShows: 'first',
      nameFilter: 'loose',
    } as const;
    emulator.control.configure(otherwise);
    const { held, settings } = await tried('bbbbbbbb', {
      httpTimeoutMs: 50,
      lateCommitMs: 500,
      listLagMs: 500,
    });
    expect(held).toMatchObject({
      'a create is answered: a dataset': false,
      'what was made can be referred to by a dataset': false,
      'lists show what was made: a dataset': false,
      'lists show no more what was deleted: a target connection': false,
      'a mapping set keeps its name': false,
      'a mapping set is shown in its newest version where none is asked for': false,
      'target connections can be listed by name': true,
      'such a list has none of another name': false,
      'such a list has none whose name is in other letters (A, a)': false,
    });
    expect(Number(settings['AEP_HTTP_TIMEOUT'])).toBeGreaterThanOrEqual(1_000);
    expect(Number(settings['AEP_LIST_LAG'])).toBeGreaterThanOrEqual(2_000);
    expect(Number(settings['AEP_LATE_COMMIT'])).toBeGreaterThanOrEqual(2_000);
    emulator.control.configure({
      latencyMs: 0,
      listLagMs: 0,
      referenceLagMs: 0,
      mappingSetNames: 'kept',
      mappingSetShows: 'newest',
      nameFilter: 'refused',
    });
    const path = '/flowservice/targetConnections';
    emulator.control.addFault({ method: 'POST', path, kind: 'late-commit', skip: 1, delayMs: 3_000 });
    const late = await tried('cccccccc', { ...generous, lateCommitMs: 1_000, listLagMs: 1_000 });
    expect(late.held).toMatchObject({
      'target connections can be listed by name': false,
      'what was made by a request that was cut off shows in lists': false,
    });
    expect(Object.keys(late.held).filter((guess) => guess.startsWith('such a list'))).toEqual([]);
    expect(Number(late.settings['AEP_LATE_COMMIT'])).toBeGreaterThanOrEqual(8_000);
    expect(emulator.control.resources('targetConnections', 'dev')).toEqual([]);
  });
});

describe.concurrent('what runs do to their flow', () => {
  /** An hour and more of AEP's clock, in a few seconds. */
  async function triedRuns(settings: Parameters<typeof startEmulator>[0]) {
    const clock = await startEmulator({ clockSpeed: 600, ...settings });
    try {
      const { aep, tryRuns } = triesOf(clock);
      // By then the flow is there.
      const now = clock.control.clock().now + 10 * 60_000;
      const schedule = {
        startTime: Math.ceil(now / 1000),
        frequency: 'minute',
        interval: 15,
        backfill: 'true',
      };
      const flowId = await makeFlow(aep, { now, schedule });
      const request = { sandbox: 'prod', flowId, lookEveryMs: 20 };
      return heldOf((await new MockActivityEnvironment().run(tryRuns, request)) as Measured[]);
    } finally {
      await clock.close();
    }
  }

  it.each([
    [true, { flowAtRunEnd: 'touched', firstWindow: 'period-before-start', missedRuns: 'made-up' }],
    [false, { flowAtRunEnd: 'untouched', firstWindow: 'start', missedRuns: 'dropped' }],
  ] as const)('is said, whether it is as we guess or not (%s)', async (isSo, settings) => {
    expect(await triedRuns(settings)).toEqual({
      'the end of a run moves the etag of its flow': isSo,
      'the first window of a flow begins one period before its start': isSo,
      'a flow that is enabled again makes up the window that it missed': isSo,
    });
  });
});
