import { describe, expect, test } from 'vitest';
import { readConfig, readListenerConfig } from '../../src/settings/config.ts';
import { InvalidEnvironmentError } from '../../src/settings/invalid-environment.ts';

const worker = { AEP_CLIENT_ID: 'id', AEP_CLIENT_SECRET: 'secret', AEP_ORG_ID: 'org' };
const key = 'a-key-that-is-long-enough-to-be-one';

function problemsOf(read: () => unknown): string {
  try {
    read();
  } catch (error) {
    if (error instanceof InvalidEnvironmentError) return error.message;
    throw error;
  }
  return '';
}

describe('the environment of the worker', () => {
  test('holds webhooks under the names that definitions use', () => {
    const { webhooks, temporalUiUrl } = readConfig({
      ...worker,
      AEP_WEBHOOK_ON_CALL_URL: 'https://hooks.example.com/a?b=c',
      AEP_WEBHOOK_ON_CALL_KEY: key,
      AEP_WEBHOOK_OPS_URL: 'http://ops.example.com',
      AEP_WEBHOOK_OPS_KEY: key,
      AEP_TEMPORAL_UI_URL: 'https://temporal.example.com/',
    });
    expect(webhooks).toEqual({
      'on-call': { url: 'https://hooks.example.com/a?b=c', key },
      ops: { url: 'http://ops.example.com', key },
    });
    expect(temporalUiUrl).toBe('https://temporal.example.com');
    expect(readConfig(worker).webhooks).toEqual({});
  });

  test('says whether workflows can be asked where they stand: they cannot, unless it says so', () => {
    const asked = (value: string) => readConfig({ ...worker, AEP_WORKFLOW_STACKS: value }).hasStacks;
    expect([asked(''), asked('off'), asked('on')]).toEqual([false, false, true]);
    expect(problemsOf(() => asked('yes'))).toContain('AEP_WORKFLOW_STACKS must be on or off');
  });

  test('is refused with every problem at once, and none of them shows a secret', () => {
    const message = problemsOf(() =>
      readConfig({
        ...worker,
        AEP_ORG_ID: '',
        AEP_WEBHOOK_A_URL: 'ftp://secret-host/path',
        AEP_WEBHOOK_A_KEY: 'short-secret',
        // Long, but not as the bytes that it stands for.
        AEP_WEBHOOK_D_URL: 'https://secret-host/path',
        AEP_WEBHOOK_D_KEY: `whsec_${Buffer.from('short-secret').toString('base64')}!!!!!!!!!!!!!!!!!!!!!!!!`,
        AEP_WEBHOOK_B_URL: 'https://secret-host/path',
        AEP_WEBHOOK_C_KEY: key,
        AEP_WEBHOOK_ON__CALL_URL: 'https://secret-host/path',
        AEP_TEMPORAL_UI_URL: 'temporal',
      }),
    );
    for (const problem of [
      'AEP_ORG_ID is not set',
      'AEP_TEMPORAL_UI_URL must be an http or https address',
      'AEP_WEBHOOK_A_URL must be an http or https address',
      'AEP_WEBHOOK_A_KEY must have at least 24 characters',
      'AEP_WEBHOOK_D_KEY must be standard base64 after whsec_',
      'AEP_WEBHOOK_B_KEY is not set',
      'AEP_WEBHOOK_C_URL must be an http or https address',
      'AEP_WEBHOOK_ON__CALL_URL must be AEP_WEBHOOK_<NAME>_URL or AEP_WEBHOOK_<NAME>_KEY',
    ])
      expect(message).toContain(problem);
    expect(message).not.toMatch(/secret-host|short-secret|a-key-that/);
  });
});

describe('the people whom the worker can tell', () => {
  const mail = {
    AEP_SMTP_URL: 'smtps://someone:secret@mail.example.com',
    AEP_SMTP_FROM: 'AEP <aep@example.com>',
  };

  test('are under the names that definitions use', () => {
    const slack = 'https://hooks.slack.com/services/T0/B0/x';
    const teams = 'https://prod.example.com/workflows/1/triggers/manual/paths/invoke?sig=x';
    expect(
      readConfig({
        ...worker,
        ...mail,
        AEP_SLACK_DATA_TEAM_URL: slack,
        AEP_TEAMS_DATA_TEAM_URL: teams,
        AEP_EMAIL_DATA_TEAM_TO: 'team@example.com, ann@example.com',
      }).channels,
    ).toEqual({
      slack: { 'data-team': slack },
      teams: { 'data-team': teams },
      email: {
        'data-team': {
          to: ['team@example.com', 'ann@example.com'],
          from: mail.AEP_SMTP_FROM,
          server: mail.AEP_SMTP_URL,
        },
      },
    });
    expect(readConfig(worker).channels).toEqual({ slack: {}, teams: {}, email: {} });
  });

  test('are refused with every problem at once, and none of them shows a secret or an address', () => {
    const message = problemsOf(() =>
      readConfig({
        ...worker,
        AEP_SLACK_A_URL: 'http://secret-host/path',
        AEP_SLACK_B: 'https://secret-host/path',
        AEP_TEAMS_C_URL: 'https://user:secret-word@secret-host/',
        AEP_EMAIL_D_TO: 'secret-ann',
        AEP_EMAIL_E_URL: 'secret-ann@example.com',
        AEP_SLAK_F_URL: 'https://secret-host/path',
        AEP_SMTP_URL: 'smtp://user:secret-word@secret-host?logger=true',
        AEP_SMTP_FORM: 'secret-ann@example.com',
      }),
    );
    for (const problem of [
      'AEP_SLACK_A_URL must be an https address',
      'AEP_SLACK_B must be AEP_SLACK_<NAME>_URL',
      'AEP_TEAMS_C_URL must be an https address without user and password',
      'AEP_EMAIL_D_TO must be addresses such as',
      'AEP_SMTP_FROM is not set, and AEP_EMAIL_D_TO needs it',
      'AEP_EMAIL_E_URL must be AEP_EMAIL_<NAME>_TO',
      'AEP_SLAK_F_URL is not known; did you mean "AEP_SLACK_F_URL"?',
      'AEP_SMTP_URL must be smtp:// or smtps://',
      'AEP_SMTP_FORM is not known; did you mean "AEP_SMTP_FROM"?',
    ])
      expect(message).toContain(problem);
    expect(message).not.toMatch(/secret-/);
  });

  test.each([
    'https://mail.example.com',
    'smtp:',
    'smtp://a:%zz@mail.example.com',
    'smtp://mail.example.com/path',
  ])('are reached by no such mail server: %s', (AEP_SMTP_URL) => {
    expect(problemsOf(() => readConfig({ ...worker, ...mail, AEP_SMTP_URL }))).toContain(
      'AEP_SMTP_URL must be',
    );
  });

  test.each(['aep', 'a@example.com, b@example.com', 'A\r\nBcc: b@example.com <a@example.com>'])(
    'get nothing from such a sender: %j',
    (AEP_SMTP_FROM) => {
      expect(problemsOf(() => readConfig({ ...worker, ...mail, AEP_SMTP_FROM }))).toContain(
        'AEP_SMTP_FROM must be',
      );
    },
  );
});

describe('the key of a webhook', () => {
  const bytes = Buffer.alloc(25, 0xfb);
  const problemOf = (value: string) =>
    problemsOf(() =>
      readConfig({ ...worker, AEP_WEBHOOK_A_URL: 'https://a.example.com', AEP_WEBHOOK_A_KEY: value }),
    );

  test.each([
    ['in URL-safe base64', `whsec_${bytes.toString('base64url')}`, 'must be standard base64 after whsec_'],
    [
      'without its padding',
      `whsec_${bytes.toString('base64').replaceAll('=', '')}`,
      'must be standard base64',
    ],
    ['of too few bytes', `whsec_${Buffer.from('short').toString('base64')}`, 'or 24 bytes in base64 after'],
    ['in base64 that does not say so', bytes.toString('base64'), 'put whsec_ before it'],
    ['in hexadecimal, which is base64 too', 'c0ffee42'.repeat(8), 'put whsec_ before it'],
    ['of two lines', 'the-key-that-signs-messages\nhere', 'must be one line of ASCII'],
    ['of letters that have no one byte', 'the-key-that-sïgns-messages-here', 'must be one line of ASCII'],
  ])('that libraries would read otherwise is refused: %s', (_, value, problem) => {
    expect(problemOf(value)).toContain(problem);
    expect(problemOf(value)).not.toContain(value.slice(6, 30));
  });

  test.each([`whsec_${bytes.toString('base64')}`, key, crypto.randomUUID()])('%s passes', (value) => {
    expect(problemOf(value)).toBe('');
  });
});

describe('a setting that is nonsense is told at the start, with all others and without its value', () => {
  const secret = 'p8e-S3cret';

  test.each([
    ['AEP_API_URL', `https://me:${secret}@platform.adobe.io`, 'must be an address without user, password'],
    ['AEP_IMS_URL', `https://${secret}@ims.example.com`, 'must be an address without user, password'],
    ['AEP_API_URL', `https://platform.adobe.io?key=${secret}`, 'must be an address without user, password'],
    ['AEP_TEMPORAL_UI_URL', `http://me:${secret}@ui`, 'must be an address without user, password'],
    [
      'AEP_WEBHOOK_A_URL',
      `https://me:${secret}@hooks.example.com`,
      'must be an http or https address without',
    ],
    ['AEP_ORG_ID', `${secret}\n@AdobeOrg`, 'must be one word of ASCII characters'],
    ['AEP_CLIENT_ID', `${secret}\r\nx-evil: 1`, 'must be one word of ASCII characters'],
    ['AEP_CLIENT_SECRET', `${secret}\nline`, 'must be one line'],
    ['AEP_SCOPES', `openid,\n${secret}`, 'must be one line'],
    ['AEP_HTTP_TIMEOUT', '0x10', 'must be a whole number of milliseconds'],
    ['AEP_HTTP_TIMEOUT', '1e3', 'must be a whole number of milliseconds'],
    ['AEP_LATE_COMMIT', '99999999999', 'must be at most 86400000'],
    ['AEP_LIST_LAG', '0', 'must be at least 1'],
    ['AEP_WATCH_INTERVAL', '-1', 'must be a whole number of milliseconds'],
    ['AEP_WATCH_LOOKS_PER_SECOND', 'Infinity', 'must be a number'],
    ['AEP_WATCH_LOOKS_PER_SECOND', '0.0000001', 'must be at least 0.001'],
    ['AEP_CONNECTION_DIGEST_KEY', secret, 'must have at least 16 characters'],
    ['AEP_SECRETS_DIR', 'secrets', 'must be a path that begins with a slash'],
    ['AEP_SECRET_VARIABLES', 'SHOP PASSWORD', 'must be names of variables'],
    ['AEP_HTTP_TIMOUT', '5000', 'is not known; did you mean "AEP_HTTP_TIMEOUT"?'],
    ['AEP_API_ULR', secret, 'is not known; did you mean "AEP_API_URL"?'],
    ['AEP_WEBHOK_ON_CALL_URL', secret, 'is not known; did you mean "AEP_WEBHOOK_ON_CALL_URL"?'],
    ['aep_scopes', secret, 'is not known; did you mean "AEP_SCOPES"?'],
  ])('%s=%s', (name, value, problem) => {
    const { AEP_ORG_ID: _, ...others } = worker;
    const message = problemsOf(() => readConfig({ ...worker, [name]: value }));
    expect(message).toContain(`${name} ${problem}`);
    expect(message).not.toContain(secret);
    if (name === 'AEP_ORG_ID') return;
    expect(problemsOf(() => readConfig({ ...others, [name]: value }))).toMatch(
      new RegExp(`(?=[^]*AEP_ORG_ID is not set)(?=[^]*${name} )`),
    );
  });

  test('but names of other software are none of our business', () => {
    const others = { AEP_SANDBOX: 'prod', AEP_CLIENT_NAME: 'x', AEP_PROXY: 'y', AEP_DATAFLOWS_CACHE: '/z' };
    expect(readConfig({ ...worker, ...others })).toEqual(readConfig(worker));
    expect(readListenerConfig({ ...others, ...worker }).clientId).toBe('id');
  });

  test('for the listener too', () => {
    const message = problemsOf(() =>
      readListenerConfig({ AEP_CLIENT_ID: 'a b', AEP_LISTENER_PORT: '0x10', AEP_LISTENER_HOSTS: 'x' }),
    );
    expect(message).toContain('AEP_CLIENT_ID must be one word');
    expect(message).toContain('AEP_LISTENER_PORT must be a port');
    expect(message).toContain('AEP_LISTENER_HOSTS is not known; did you mean "AEP_LISTENER_HOST"?');
  });
});

describe('the environment of the listener', () => {
  test('needs no more than the client id', () => {
    expect(readListenerConfig({ AEP_CLIENT_ID: 'id' })).toEqual({
      clientId: 'id',
      host: '127.0.0.1',
      port: 8400,
      keysUrl: 'https://static.adobeioevents.com',
    });
  });

  test('is refused with every problem at once', () => {
    const message = problemsOf(() =>
      readListenerConfig({ AEP_LISTENER_PORT: '70000', AEP_EVENTS_KEYS_URL: 'x' }),
    );
    expect(message).toContain('AEP_CLIENT_ID is not set');
    expect(message).toContain('AEP_LISTENER_PORT must be at most 65535');
    expect(message).toContain('AEP_EVENTS_KEYS_URL must be');
  });
});
