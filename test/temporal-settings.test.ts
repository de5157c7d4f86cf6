import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test, vi } from 'vitest';
import { connect } from '../src/client.ts';
import { readConfig, readListenerConfig } from '../src/settings/config.ts';
import { readTemporal } from '../src/settings/temporal-settings.ts';

const folder = mkdtempSync(join(tmpdir(), 'aep-dataflows-settings-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const secret = 'S3cret-key';

function refusal(env: Record<string, string>): string {
  try {
    readTemporal('worker', env);
  } catch (error) {
    return String(error);
  }
  return '';
}

function profile(toml: string): Record<string, string> {
  const file = join(folder, `${crypto.randomUUID()}.toml`);
  writeFileSync(file, toml);
  return { TEMPORAL_CONFIG_FILE: file };
}

describe('an address of Temporal', () => {
  const refused = [
    'temporal.example.com',
    'localhost',
    '::1',
    '[::1]',
    'http://localhost:7233',
    'dns:///localhost:7233',
    `me:${secret}@localhost:7233`,
    'localhost:',
    'localhost:0',
    'localhost:70000',
    'localhost:7233/',
    ' localhost:7233',
    ':7233',
  ];
  test.each(refused)('that others would read in another way is refused: %s', (address) => {
    const words = 'must be HOST:PORT, such as localhost:7233';
    expect(refusal({ TEMPORAL_ADDRESS: address })).toContain(`TEMPORAL_ADDRESS ${words}`);
    expect(refusal(profile(`[profile.default]\naddress = ${JSON.stringify(address)}`))).toContain(
      `address in Temporal's profile ${words}`,
    );
    expect(refusal({ TEMPORAL_ADDRESS: address })).not.toContain(secret);
  });

  test.each(['localhost:7233', '127.0.0.1:1', '[::1]:7233', 'a-b.tmprl.cloud:65535'])(
    'that all read alike is taken: %s',
    (address) => {
      expect(readTemporal('worker', { TEMPORAL_ADDRESS: address }).connectionOptions.address).toBe(address);
    },
  );

  test('that is empty is as good as none, also before that of a profile', () => {
    expect(readTemporal('worker', { TEMPORAL_ADDRESS: '' }).connectionOptions.address).toBeUndefined();
    const set = profile('[profile.default]\naddress = "localhost:1"\nnamespace = "theirs"');
    const empty = {
      TEMPORAL_ADDRESS: '',
      TEMPORAL_NAMESPACE: '',
      TEMPORAL_PROFILE: '',
      TEMPORAL_API_KEY: '',
    };
    expect(readTemporal('worker', { ...set, ...empty })).toMatchObject({
      namespace: 'theirs',
      connectionOptions: { address: 'localhost:1', apiKey: undefined, tls: undefined },
    });
  });
});

describe('an API key goes out encrypted, unless that is switched off in words that everybody takes so', () => {
  test.each(['TRUE', 'True', 'yes', 't', 'on', 'FALSE', 'no', ' true'])(
    'TEMPORAL_TLS=%s is refused',
    (TEMPORAL_TLS) => {
      const told = refusal({ TEMPORAL_TLS, TEMPORAL_API_KEY: secret });
      expect(told).toContain('TEMPORAL_TLS must be true, false, 1 or 0');
      expect(told).not.toContain(secret);
    },
  );

  test('the others are taken', () => {
    const tls = (env: Record<string, string>) =>
      readTemporal('worker', { TEMPORAL_API_KEY: secret, ...env }).connectionOptions.tls;
    expect(tls({})).toBe(true);
    expect(tls({ TEMPORAL_TLS: 'true' })).toBeTruthy();
    expect(tls({ TEMPORAL_TLS: '1' })).toBeTruthy();
    expect(tls({ TEMPORAL_TLS: 'false' })).toBe(false);
    expect(tls({ TEMPORAL_TLS: '0' })).toBe(false);
  });
});

describe('a profile', () => {
  test.each([
    ['[profile.default.tls]\ndisabled = "yes"', "tls.disabled in Temporal's profile must be true or false"],
    ['[profile.default]\naddress = 7233', "address in Temporal's profile must be HOST:PORT"],
    ['[profile.default]\napi_key = 5', "api_key in Temporal's profile must be text"],
    ['[profile.default.tls]\nclient_cert_data = "x"', 'must both be set, or neither'],
    ['[other]\na = 1', 'has no [profile.…]'],
    [`[profile.default]\napi_key = "${secret}\n`, 'temporal.toml is no TOML, in line 2'],
  ])('that cannot be meant so is refused, without its secrets: %s', (toml, problem) => {
    const told = refusal(profile(toml));
    expect(told).toContain(problem);
    expect(told).not.toContain(secret);
  });

  test('that is not there is refused by its name', () => {
    expect(refusal({ ...profile('[profile.default]'), TEMPORAL_PROFILE: 'production' })).toContain(
      'production',
    );
  });
});

test('worker, listener and client refuse them at the start, the first two together with all else', async () => {
  const env = { TEMPORAL_ADDRESS: 'localhost', TEMPORAL_TLS: 'yes' };
  const all = /AEP_CLIENT_ID is not set[^]*TEMPORAL_TLS must be[^]*TEMPORAL_ADDRESS must be HOST:PORT/;
  expect(() => readConfig(env)).toThrow(all);
  expect(() => readListenerConfig(env)).toThrow(all);
  vi.stubEnv('TEMPORAL_ADDRESS', 'localhost');
  await expect(connect()).rejects.toThrow(/environment of the client[^]*TEMPORAL_ADDRESS must be HOST:PORT/);
  vi.unstubAllEnvs();
});
