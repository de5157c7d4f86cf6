import { ServiceError } from '@temporalio/client';
import { NamespaceNotFoundError } from '@temporalio/common';
import { shellWord } from '../shell-word.ts';

/** Where something was asked for. */
export interface Where {
  address?: string;
  namespace?: string;
}

/** What Temporal's server, or the way to it, has against a request, in plain words. */
export class ServerRefusal extends Error {
  /** What to do about it. */
  readonly next: string;

  constructor(found: string, next: string) {
    super(found);
    this.next = next;
  }
}

/** The statuses of gRPC that mean something to whoever asks. */
const status = {
  invalidArgument: 3,
  deadlineExceeded: 4,
  notFound: 5,
  permissionDenied: 7,
  resourceExhausted: 8,
  failedPrecondition: 9,
  unavailable: 14,
  unauthenticated: 16,
};

/**
 * What the server has against a request, and what to do about it. The only place that knows.
 * @returns undefined where the error is of something else
 */
export function refusalBy(error: unknown, where: Where): ServerRefusal | undefined {
  if (error instanceof NamespaceNotFoundError) return noNamespace(where, error.namespace);
  const { code, details } = statusOf(error) ?? {};
  if (code === undefined) return undefined;
  const said = details ? `: ${details}` : '';
  switch (code) {
    case status.notFound:
      return /namespace/i.test(details ?? '') ? noNamespace(where) : undefined;
    case status.unauthenticated:
      return new ServerRefusal(
        `Temporal does not know who asks${said}`,
        'Give its API key (TEMPORAL_API_KEY, --api-key), or the certificate of a client (--tls-cert-path, --tls-key-path).',
      );
    case status.permissionDenied:
      return new ServerRefusal(
        `Temporal does not allow that${where.namespace ? ` in the namespace ${where.namespace}` : ''}${said}`,
        'Check the namespace and the API key, and ask whoever runs the server for what is missing.',
      );
    case status.resourceExhausted:
      return new ServerRefusal(`Temporal has too much to do just now${said}`, 'Try again in a moment.');
    case status.unavailable:
      return away(where, details ?? '');
    case status.deadlineExceeded:
      return new ServerRefusal(
        'No answer came in time',
        'See whether Temporal answers, and whether a worker runs: temporal aep doctor',
      );
    default:
      if (code === status.invalidArgument && /search attribute/i.test(details ?? ''))
        return new ServerRefusal(
          `The namespace${where.namespace ? ` ${where.namespace}` : ''} lacks what dataflows are searched by${said}`,
          'Name another one by --namespace, or see how it is made fit: temporal aep doctor',
        );
      if (code === status.failedPrecondition && /poller/i.test(details ?? ''))
        return new ServerRefusal(`No worker answers${said}`, startWorker);
      return new ServerRefusal(
        `Temporal refuses that${said}`,
        'Check the namespace, and what this user may do on the server.',
      );
  }
}

/** What to do where nobody polls. */
export const startWorker =
  'Start a worker: npm run worker in a checkout, node dist/worker.js where it was built.';

/** Where no connection came about. */
export function away({ address }: Where, why: string): ServerRefusal {
  return new ServerRefusal(
    `Temporal does not answer${address ? ` at ${address}` : ''}${why ? `: ${why}` : ''}`,
    'Say where it is by --address, TEMPORAL_ADDRESS or a profile; that it wants TLS, and which certificates count, by --tls and --tls-….',
  );
}

function noNamespace({ namespace = 'default' }: Where, named = namespace): ServerRefusal {
  return new ServerRefusal(
    `The namespace ${named} is not there`,
    `Name another one by --namespace, or make it: temporal operator namespace create --namespace ${shellWord(named)}`,
  );
}

/** Of gRPC's own errors, and of those that the client wraps. */
function statusOf(error: unknown): { code?: number; details?: string } | undefined {
  const of = error instanceof ServiceError ? error.cause : error;
  const { code, details } = (of ?? {}) as { code?: unknown; details?: unknown };
  if (typeof code !== 'number' || typeof details !== 'string') return undefined;
  return { code, details };
}
