import { isHere, type Mailbox } from '../../settings/channel-config.ts';
import type { Email } from '../../runs/forms/email.ts';

/**
 * Has a mail server take an e-mail.
 *
 * @returns for how many of the receivers it did not: the others have it, and would get it again. Fails where that is all of them.
 * @param timeoutMs for each of its steps: finding the server, connecting, its greeting, every answer. Milliseconds.
 */
export async function sendEmail(
  { to, from, server }: Mailbox,
  email: Email,
  timeoutMs: number,
): Promise<number> {
  // With the first e-mail: most workers send none.
  const { createTransport } = await import('nodemailer');
  const transport = createTransport({
    ...serverOf(server),
    connectionTimeout: timeoutMs,
    greetingTimeout: timeoutMs,
    socketTimeout: timeoutMs,
    dnsTimeout: timeoutMs,
    // Nothing of a message may name a file or an address to be read.
    disableFileAccess: true,
    disableUrlAccess: true,
  });
  try {
    const { rejected } = await transport.sendMail({
      from,
      to,
      subject: email.subject,
      text: email.text,
      messageId: email.messageId,
      headers: { 'Auto-Submitted': 'auto-generated' },
    });
    return rejected.length;
  } finally {
    transport.close();
  }
}

/** How to reach a mail server. Credentials go out encrypted, or not at all, unless it is this machine. */
export function serverOf(address: string) {
  const { protocol, hostname, port, username, password } = new URL(address);
  const secure = protocol === 'smtps:';
  const auth =
    username === '' ? undefined : { user: decodeURIComponent(username), pass: decodeURIComponent(password) };
  return {
    host: hostname.replace(/^\[|\]$/g, ''),
    port: port === '' ? (secure ? 465 : 587) : Number(port),
    secure,
    requireTLS: auth !== undefined && !secure && !isHere(hostname),
    ...(auth ? { auth } : {}),
  };
}

/** What kind of failure it was, such as `EAUTH 535`. */
export function mailCodeOf(error: unknown): string {
  if (!(error instanceof Error)) return 'unknown';
  const [code, status] = ['code', 'responseCode'].map((key): unknown => Reflect.get(error, key));
  const told = [code, status].filter((one) => typeof one === 'string' || typeof one === 'number');
  return told.length > 0 ? told.join(' ') : error.name;
}
