/** Messages to people, taken by real servers on this machine. */
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { Hono } from 'hono';
import { SMTPServer } from 'smtp-server';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createNotificationActivities } from '../../src/activities/watch/send-notification.ts';
import { serverOf } from '../../src/activities/watch/send-email.ts';
import type { ApprovalMessage } from '../../src/runs/notification.ts';
import { serveApp } from '../watch/adobe.ts';
import { attempts } from './attempts.ts';

const message: ApprovalMessage = {
  version: 1,
  id: '0b7c4f0e-7f4c-4c3b-9d0e-0a6f5f3a8d11',
  at: '2026-11-27T06:00:00.000Z',
  event: 'approvalNeeded',
  dataflow: 'prod/orders',
  sandbox: 'prod',
  digest: 'd42a5aa3',
  summary: '6 to create – für Ann.',
  next: 'Look at the plan.',
  workflowId: 'dataflow:prod:orders',
};
const password = 'the p@ssword';

interface Mail {
  from: string;
  to: string[];
  text: string;
}
const mails: Mail[] = [];
const posts: { path: string; body: unknown }[] = [];
/** What the servers do instead of taking a message. */
const refusal = { status: 200, mail: false, address: '' };
let signedIn: string | undefined;

function mailServer(options: ConstructorParameters<typeof SMTPServer>[0]) {
  return new SMTPServer({
    ...options,
    onAuth({ username, password: given }, _session, done) {
      signedIn = username;
      done(given === password ? null : new Error(`Wrong: ${given}`), { user: username });
    },
    onRcptTo({ address }, _session, done) {
      done(address === refusal.address ? new Error(`No ${address} here`) : null);
    },
    onData(stream, { envelope }, done) {
      let text = '';
      stream.on('data', (part: Buffer) => (text += part.toString()));
      stream.on('end', () => {
        if (refusal.mail) return done(new Error(`Not from ${password}`));
        const { mailFrom, rcptTo } = envelope;
        mails.push({
          from: mailFrom ? mailFrom.address : '',
          to: rcptTo.map(({ address }) => address),
          text: unwrapped(text),
        });
        return done();
      });
    },
  });
}

/** A mail as its reader sees it: long lines travel in pieces. */
function unwrapped(text: string): string {
  return text.replaceAll('=\r\n', '');
}

async function listening(server: SMTPServer): Promise<number> {
  // A client that goes away is no fault of the server's.
  server.on('error', () => undefined);
  server.listen(0, '127.0.0.1');
  await once(server.server, 'listening');
  return (server.server.address() as AddressInfo).port;
}

const plain = mailServer({ disabledCommands: ['STARTTLS'], allowInsecureAuth: true });
/** With a certificate that nobody has signed. */
const untrusted = mailServer({ allowInsecureAuth: true });
let activities: ReturnType<typeof createNotificationActivities>;
let close: () => Promise<unknown>;

beforeAll(async () => {
  const app = new Hono();
  app.post('/:path{.+}', async (c) => {
    posts.push({ path: c.req.path, body: await c.req.json() });
    return c.text('', refusal.status as 200);
  });
  const chat = await serveApp(app);
  const mailbox = (port: number, to = ['team@example.com', 'ann@example.com']) => ({
    to,
    from: 'AEP <aep@example.com>',
    server: `smtp://someone:${encodeURIComponent(password)}@127.0.0.1:${port}`,
  });
  const mailPort = await listening(plain);
  activities = createNotificationActivities({
    webhooks: {},
    channels: {
      slack: { 'data-team': `${chat.url}/services/secret-slack` },
      teams: { 'data-team': `${chat.url}/workflows/secret-teams` },
      email: {
        'data-team': mailbox(mailPort),
        untrusted: mailbox(await listening(untrusted)),
        away: mailbox(1),
      },
    },
    temporalUiUrl: 'https://temporal.example.com',
    httpTimeoutMs: 3_000,
  });
  close = () =>
    Promise.all([
      chat.close(),
      ...[plain, untrusted].map((server) => new Promise<void>((done) => server.close(() => done()))),
    ]);
});
afterAll(() => close());
beforeEach(() => {
  mails.length = 0;
  posts.length = 0;
  Object.assign(refusal, { status: 200, mail: false, address: '' });
  signedIn = undefined;
});

const send = (kind: string, name = 'data-team', most = 1) =>
  attempts(activities.sendToChannel, [{ kind, name, message }], most);

describe('a message to people', () => {
  it.each([
    ['slack', '/services/secret-slack', 'blocks'],
    ['teams', '/workflows/secret-teams', 'attachments'],
  ])('for %s is posted to the address that the environment has for the name', async (kind, path, field) => {
    expect(await send(kind)).toMatchObject({ failures: [] });
    expect(posts).toMatchObject([{ path, body: { [field]: expect.any(Array) } }]);
    const [{ body }] = posts as [(typeof posts)[number]];
    for (const told of [
      message.summary,
      message.next,
      'temporal aep approve prod/orders',
      'temporal.example.com',
    ])
      expect(JSON.stringify(body)).toContain(told);
  });

  it.each(['slack', 'teams'])(
    'that %s refuses is tried again, and the reason shows no address',
    async (kind) => {
      refusal.status = 503;
      const { failures } = await send(kind, 'data-team', 2);
      expect(failures.map(({ message: told }) => told)).toEqual([
        expect.stringMatching(/channel "data-team" answered 503$/),
        expect.stringMatching(/channel "data-team" answered 503$/),
      ]);
      expect(failures.every(({ nonRetryable }) => !nonRetryable)).toBe(true);
      refusal.status = 200;
      expect(await send(kind)).toMatchObject({ failures: [] });
    },
  );

  it('goes by e-mail to all receivers, signed in, in words of any language, and with the same id each time', async () => {
    await send('email');
    await send('email');
    expect(mails).toHaveLength(2);
    expect(signedIn).toBe('someone');
    expect(mails[0]).toMatchObject({ from: 'aep@example.com', to: ['team@example.com', 'ann@example.com'] });
    for (const { text } of mails) {
      expect(text).toMatch(/^Subject: prod\/orders: a plan waits for approval\r$/m);
      expect(text).toMatch(/^Message-ID: <0b7c4f0e-7f4c-4c3b-9d0e-0a6f5f3a8d11@/m);
      expect(text).toMatch(/^Auto-Submitted: auto-generated\r$/m);
      expect(text).toContain('f=C3=BCr Ann');
      expect(text).toContain('  temporal aep approve prod/orders --digest d42a5aa3 --by "$USER"');
    }
  });

  it('that a mail server refuses is tried again, and the reason shows neither what it said nor who signs in', async () => {
    refusal.mail = true;
    const { failures } = await send('email', 'data-team', 2);
    expect(failures.map(({ message: told }) => told)).toEqual(
      Array(2).fill('The mail server did not take the e-mail for "data-team": EMESSAGE 450'),
    );
    expect((await send('email', 'away')).failures[0]!.message).toMatch(/for "away": E\w+$/);
  });

  it('that a mail server takes for some of its receivers counts as taken: they would get it again and again', async () => {
    refusal.address = 'ann@example.com';
    expect(await send('email')).toMatchObject({ failures: [] });
    expect(mails).toMatchObject([{ to: ['team@example.com'] }]);
  });

  it('goes to no mail server whose certificate nobody vouches for, and nobody signs in there', async () => {
    const { failures } = await send('email', 'untrusted');
    expect(failures[0]!.message).toMatch(/for "untrusted": \w+$/);
    expect(mails).toEqual([]);
    expect(signedIn).toBeUndefined();
  });

  it('for somebody whom this worker does not know waits for one that does', async () => {
    for (const kind of ['slack', 'teams', 'email'])
      expect((await send(kind, 'toString')).failures[0]!.message).toMatch(
        /^The environment of this worker has no .* "toString"$/,
      );
  });
});

it('credentials go out encrypted, or not at all, unless the mail server is this machine', () => {
  expect(serverOf('smtp://u:p%40@mail.example.com')).toEqual({
    host: 'mail.example.com',
    port: 587,
    secure: false,
    requireTLS: true,
    auth: { user: 'u', pass: 'p@' },
  });
  expect(serverOf('smtps://u:p@mail.example.com')).toMatchObject({ port: 465, secure: true });
  expect(serverOf('smtp://[::1]:2525')).toMatchObject({ host: '::1', port: 2525, requireTLS: false });
});
