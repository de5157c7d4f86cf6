import type { ChannelKind } from '../definition/watch.ts';

/**
 * Whom people are told by, under the names that definitions use. Addresses of incoming webhooks are secrets: whoever has
 * one can post. So are the mail server's credentials. No error, log line or history may show them.
 */
export interface Channels {
  /** Addresses of incoming webhooks. */
  slack: Record<string, string>;
  /** Addresses of webhooks of the Workflows app. */
  teams: Record<string, string>;
  email: Record<string, Mailbox>;
}

/** Where an e-mail goes, and how. */
export interface Mailbox {
  to: string[];
  from: string;
  /** `smtp://` or `smtps://`, with user and password where the server asks for them. */
  server: string;
}

/** What the environment may hold for people to be told. docs/reference/environment.md is made of it. */
export const channelVariables = [
  {
    name: 'AEP_SLACK_<NAME>_URL',
    meaning:
      'Address of the incoming webhook of the [Slack](../notifications.md#slack) channel that definitions call `<name>`.',
  },
  {
    name: 'AEP_TEAMS_<NAME>_URL',
    meaning:
      'Address of the workflow that posts to the [Teams](../notifications.md#teams) channel that definitions call `<name>`.',
  },
  {
    name: 'AEP_EMAIL_<NAME>_TO',
    meaning:
      'Addresses of the [e-mail](../notifications.md#e-mail) receivers that definitions call `<name>`, with commas between them.',
  },
  {
    name: 'AEP_SMTP_URL',
    meaning:
      'The mail server: `smtps://user:password@mail.example.com`, or `smtp://…` for one that switches to TLS. Needed where there are e-mail receivers.',
  },
  { name: 'AEP_SMTP_FROM', meaning: 'Sender of the e-mails: `aep@example.com`, or `AEP <aep@example.com>`.' },
];

const name = '([A-Z][A-Z0-9]*(?:_[A-Z0-9]+)*)';
const variables = (
  [
    ['slack', 'URL'],
    ['teams', 'URL'],
    ['email', 'TO'],
  ] satisfies [ChannelKind, string][]
).map(([kind, end]) => {
  const beginning = `AEP_${kind.toUpperCase()}_`;
  return {
    kind,
    beginning,
    form: `${beginning}<NAME>_${end}`,
    pattern: new RegExp(`^${beginning}${name}_${end}$`),
  };
});

/** Whether a variable belongs to a channel, as far as its beginning says. */
export function isOfChannels(variable: string): boolean {
  return (
    variables.some(({ beginning }) => variable.startsWith(beginning)) ||
    /^AEP_SMTP_(URL|FROM)$/.test(variable)
  );
}

const mailAddress = /^[^\s@<>,;"()]+@[^\s@<>,;"()]+$/;

/** `AEP_SLACK_DATA_TEAM_URL` is the Slack channel `data-team`. No problem shows a value. */
export function readChannels(env: Record<string, string | undefined>): {
  channels: Channels;
  problems: string[];
} {
  const channels: Channels = { slack: {}, teams: {}, email: {} };
  const problems: string[] = [];
  const server = env['AEP_SMTP_URL'];
  const from = env['AEP_SMTP_FROM'];
  if (server !== undefined && !isMailServer(server))
    problems.push(
      'AEP_SMTP_URL must be smtp:// or smtps://, with user and password where needed, a host, and nothing behind it',
    );
  if (from !== undefined && !isSender(from))
    problems.push('AEP_SMTP_FROM must be one address, such as aep@example.com or AEP <aep@example.com>');
  for (const { kind, beginning, form, pattern } of variables)
    for (const variable of Object.keys(env).filter((one) => one.startsWith(beginning))) {
      const named = pattern.exec(variable)?.[1];
      const value = env[variable]?.trim() ?? '';
      if (named === undefined) {
        problems.push(`${variable} must be ${form}`);
        continue;
      }
      const known = named.toLowerCase().replaceAll('_', '-');
      if (kind !== 'email') {
        if (isSecretAddress(value)) channels[kind][known] = value;
        else problems.push(`${variable} must be an https address without user and password`);
        continue;
      }
      const to = value.split(',').map((one) => one.trim());
      if (!to.every((one) => mailAddress.test(one)))
        problems.push(`${variable} must be addresses such as team@example.com, with commas between them`);
      for (const needed of ['AEP_SMTP_URL', 'AEP_SMTP_FROM'])
        if (env[needed] === undefined) problems.push(`${needed} is not set, and ${variable} needs it`);
      channels.email[known] = { to, from: from ?? '', server: server ?? '' };
    }
  return { channels, problems: [...new Set(problems)] };
}

/** Whoever reads such an address on its way could post: only this machine may do without TLS. */
function isSecretAddress(text: string): boolean {
  if (!URL.canParse(text)) return false;
  const { protocol, username, password, hostname } = new URL(text);
  return (
    username === '' &&
    password === '' &&
    (protocol === 'https:' || (protocol === 'http:' && isHere(hostname)))
  );
}

/** Whether a host is this machine. */
export function isHere(hostname: string): boolean {
  return ['localhost', '127.0.0.1', '[::1]'].includes(hostname);
}

/** The library behind it takes settings from a query, among them one that logs everything. */
function isMailServer(text: string): boolean {
  if (!URL.canParse(text)) return false;
  const { protocol, hostname, pathname, search, hash, username, password } = new URL(text);
  try {
    decodeURIComponent(`${username}${password}`);
  } catch {
    return false;
  }
  return (
    /^smtps?:$/.test(protocol) && hostname !== '' && /^\/?$/.test(pathname) && search === '' && hash === ''
  );
}

function isSender(text: string): boolean {
  const [, named] = /^[^<>\p{Cc}]*<([^<>]*)>$/u.exec(text) ?? [];
  return mailAddress.test(named ?? text);
}
