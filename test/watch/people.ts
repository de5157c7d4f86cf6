import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { Hono } from 'hono';
import { SMTPServer } from 'smtp-server';
import { serveApp } from './adobe.ts';

/** A chat and a mail server, with a channel `team` in Slack, in Teams and by e-mail. */
export async function startPeople() {
  const told: { by: string; text: string }[] = [];
  const app = new Hono();
  app.post('/:by/secret-path', async (c) => {
    told.push({ by: c.req.param('by'), text: await c.req.text() });
    return c.text('');
  });
  const chat = await serveApp(app);
  const mail = new SMTPServer({
    disabledCommands: ['STARTTLS', 'AUTH'],
    onData(stream, _session, done) {
      let text = '';
      stream.on('data', (part: Buffer) => (text += part.toString()));
      stream.on('end', () => {
        // Long lines travel in pieces.
        told.push({ by: 'email', text: text.replaceAll('=\r\n', '') });
        done();
      });
    },
  });
  mail.listen(0, '127.0.0.1');
  await once(mail.server, 'listening');
  return {
    env: {
      AEP_SLACK_TEAM_URL: `${chat.url}/slack/secret-path`,
      AEP_TEAMS_TEAM_URL: `${chat.url}/teams/secret-path`,
      AEP_EMAIL_TEAM_TO: 'secret-ann@example.com',
      AEP_SMTP_URL: `smtp://127.0.0.1:${(mail.server.address() as AddressInfo).port}`,
      AEP_SMTP_FROM: 'aep@example.com',
    },
    /** What has come, in the order in which it did. */
    told,
    async close() {
      await chat.close();
      await new Promise<void>((done) => mail.close(() => done()));
    },
  };
}
