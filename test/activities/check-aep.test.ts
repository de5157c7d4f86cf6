import { MockActivityEnvironment } from '@temporalio/testing';
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import { startEmulator, type Emulator } from '../../emulator/emulator.ts';
import { createSetupActivities, type CheckAepRequest } from '../../src/activities/setup/check-aep.ts';
import { createAep, type AepConfig } from '../../src/aep/aep.ts';
import type { SetupCheck } from '../../src/setup-check.ts';

let emulator: Emulator;
beforeAll(async () => {
  emulator = await startEmulator({ clientSecret: 'right' });
});
afterAll(() => emulator.close());
afterEach(() => emulator.control.clearFaults());

/** What a worker with these settings finds, as `ok` or the text and the next step, by what was looked at. */
async function found(request: CheckAepRequest = {}, config: Partial<AepConfig> = {}, now?: number) {
  const aep = createAep({
    apiUrl: emulator.url,
    imsUrl: emulator.url,
    clientId: 'me',
    clientSecret: 'right',
    orgId: 'ACME@AdobeOrg',
    scopes: 'openid',
    httpTimeoutMs: 1_500,
    ...config,
  });
  const { checkAep } = createSetupActivities({ aep: now === undefined ? aep : { ...aep, now: () => now } });
  const checks = (await new MockActivityEnvironment().run(checkAep, request)) as SetupCheck[];
  const said = ({ ok, found, next }: SetupCheck) => (ok ? 'ok' : `${found} ${next}`);
  return Object.fromEntries(checks.map((one) => [one.check, said(one)]));
}

const services = { 'Flow Service': 'ok', 'Schema Registry': 'ok', Catalog: 'ok', 'Data Prep': 'ok' };

it('where all is right, all of it is said to be', async () => {
  const all = { token: 'ok', AEP: 'ok', clock: 'ok', sandboxes: 'ok', ...services };
  expect(await found()).toEqual(all);
  expect(await found({ sandbox: 'dev' })).toEqual(all);
});

it('of a secret that Adobe refuses nothing else is asked, and the variables are named', async () => {
  const checks = await found({}, { clientSecret: 'S3cret' });
  expect(checks).toEqual({ token: expect.stringContaining('AEP_CLIENT_SECRET') });
  expect(JSON.stringify(checks)).not.toContain('S3cret');
});

it('of an AEP, or an IMS, that is away the addresses are named', async () => {
  const nobody = 'http://127.0.0.1:1001';
  expect(await found({}, { apiUrl: nobody })).toEqual({
    token: 'ok',
    AEP: expect.stringContaining('AEP_API_URL'),
  });
  expect(await found({}, { imsUrl: nobody })).toEqual({ token: expect.stringContaining('AEP_IMS_URL') });
});

it('of a sandbox that this client has not, those that it has are named, and the nearest', async () => {
  const { sandboxes, ...others } = await found({ sandbox: 'prd' });
  expect(sandboxes).toMatch(/no active sandbox prd .* there are prod, dev .*Did you mean prod\?/);
  expect(others).toEqual({ token: 'ok', AEP: 'ok', clock: 'ok' });
});

it('of a service that does not answer it is said, and the others are asked all the same', async () => {
  emulator.control.addFault({ kind: '503', path: '/catalog/**', times: 10 });
  expect(await found()).toMatchObject({ ...services, Catalog: expect.stringContaining('503') });
  emulator.control.addFault({ kind: '503', path: '/sandbox-management/', times: 10 });
  const { sandboxes, ...others } = await found({ sandbox: 'dev' });
  expect(sandboxes).toContain('503');
  expect(others).toMatchObject({ token: 'ok', 'Flow Service': 'ok' });
});

it('of a clock that is minutes away from that of AEP it is said', async () => {
  expect((await found({}, {}, Date.now() - 180_000))['clock']).toMatch(/180 s behind .*NTP/);
  expect((await found({}, {}, Date.now() + 30_000))['clock']).toBe('ok');
});
