import { MockActivityEnvironment } from '@temporalio/testing';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { startEmulator, type Emulator } from '../../emulator/emulator.ts';
import { createTryActivities } from '../../src/activities/setup/try-aep.ts';
import { createAep } from '../../src/aep/aep.ts';
import { settingsThatFollow, type Bounds, type Tried } from '../../src/setup-tried.ts';

let emulator: Emulator;
beforeAll(async () => {
  emulator = await startEmulator();
});
afterAll(() => emulator.close());

/** What a try of the sandbox brings: whether each guess held, and the settings. */
async function tried(nonce: string, bounds: Bounds) {
  const aep = createAep({
    apiUrl: emulator.url,
    imsUrl: emulator.url,
    clientId: 'me',
    clientSecret: 'any',
    orgId: 'ACME@AdobeOrg',
    scopes: 'openid',
    httpTimeoutMs: 5_000,
  });
  const activities = createTryActivities({
    aep,
    httpTimeoutMs: 5_000,
    watchIntervalMs: 1,
    webhooks: {},
    ...bounds,
  });
  const request = { sandbox: 'dev', nonce };
  const { measured, left } = (await new MockActivityEnvironment().run(activities.tryParts, request)) as Tried;
  const held = Object.fromEntries(measured.map((one) => [one.guess, one.held]));
  return { held, left, settings: settingsThatFollow(measured, bounds) };
}

const guesses = {
  'what was made can be referred to by a dataset': true,
  'what was made can be referred to by a target connection': true,
  'what was made can be read: a schema': true,
  'what was made can be read: a dataset': true,
  'what was made can be read: a target connection': true,
  'lists show what was made: a schema': true,
  'lists show what was made: a dataset': true,
  'lists show what was made: a target connection': true,
  'a mapping set keeps its name': true,
  'a PUT of a mapping set makes its next version': true,
  'a mapping set is shown in its newest version where none is asked for': true,
  'lists show no more what was deleted: a target connection': true,
  'lists show no more what was deleted: a dataset': true,
  'lists show no more what was deleted: a schema': true,
};

it('where AEP is as we guess every guess has held, nothing follows, and only a mapping set is left', async () => {
  const bounds = { lateCommitMs: 60_000, listLagMs: 60_000 };
  const { held, left, settings } = await tried('aaaaaaaa', bounds);
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
  emulator.control.configure({
    listLagMs: 600,
    referenceLagMs: 600,
    mappingSetNames: 'dropped',
    mappingSetShows: 'first',
  });
  const { held, settings } = await tried('bbbbbbbb', { lateCommitMs: 500, listLagMs: 500 });
  expect(held).toMatchObject({
    'what was made can be referred to by a dataset': false,
    'lists show what was made: a dataset': false,
    'lists show no more what was deleted: a target connection': false,
    'a mapping set keeps its name': false,
    'a mapping set is shown in its newest version where none is asked for': false,
  });
  expect(Number(settings['AEP_LIST_LAG'])).toBeGreaterThanOrEqual(2_000);
  expect(Number(settings['AEP_LATE_COMMIT'])).toBeGreaterThanOrEqual(2_000);
});
