/** The error bodies of AEP: one function per family. FACTS: gateway, Flow Service and connectors, Schema Registry, the rest. */
import type { Json } from './json.ts';

/** What a handler throws to refuse a request: status and body go out as they are. */
export class Refusal extends Error {
  readonly status: number;
  readonly body: (requestId: string) => Json;
  readonly headers: Record<string, string>;

  constructor(
    status: number,
    message: string,
    body: (requestId: string) => Json,
    headers: Record<string, string> = {},
  ) {
    super(message);
    this.status = status;
    this.body = body;
    this.headers = headers;
  }
}

/** Adobe's API gateway: the first three digits of the code are the HTTP status. */
export function gatewayError(code: string, message: string, headers: Record<string, string> = {}): Refusal {
  return new Refusal(Number(code.slice(0, 3)), message, () => ({ error_code: code, message }), headers);
}

const titles: Record<number, string> = {
  400: 'Bad Request',
  401: 'Unauthorized',
  403: 'Forbidden',
  404: 'Resource not found',
  412: 'Precondition Failed',
  500: 'Internal Server Error',
  503: 'Service Unavailable',
};

/** Flow Service. The code is `1439-404` (its own) or `CONNECTOR-1360-400` (a connector's); it ends with the HTTP status. */
export function flowError(code: string, detail: string, about: Record<string, Json> = {}): Refusal {
  const status = Number(code.slice(-3));
  const whole = code.startsWith('CONNECTOR-') ? code : `FLOW-${code}`;
  return new Refusal(status, detail, (requestId) => ({
    type: `https://ns.adobe.com/aep/errors/${whole}`,
    title: titles[status] ?? 'Error',
    status,
    report: { 'detailed-message': detail, ...about, 'request-id': requestId },
    errorMessage: detail,
    errorDetails: detail,
  }));
}

/** A Flow Service resource that is not there. */
export function flowNotFound(kind: string, id: string): Refusal {
  const detail = `The requested ${kind} resource ${id} is not found. Verify the resource ID before trying again.`;
  return flowError('1439-404', detail, { id, type: kind });
}

/** Schema Registry. The code is e.g. `XDM-1012-404`. */
export function xdmError(code: string, title: string, detail: string): Refusal {
  const status = Number(code.slice(-3));
  return new Refusal(status, detail, (requestId) => ({
    type: `http://ns.adobe.com/aep/errors/${code}`,
    title,
    status,
    report: {
      registryRequestId: requestId,
      timestamp: new Date().toISOString(),
      'detailed-message': detail,
      'sub-errors': [],
    },
    detail,
  }));
}

const plainTitles: Record<number, string> = {
  400: 'BadRequestError',
  403: 'ForbiddenError',
  404: 'NotFoundError',
  412: 'PreconditionFailedError',
};

/** The older envelope of Schema Registry and the gateway. Guess: Catalog and Data Prep answer in it too; no sample of theirs is known. */
export function plainError(status: number, detail: string): Refusal {
  return new Refusal(status, detail, () => ({
    type: '/placeholder/type/uri',
    status,
    title: plainTitles[status] ?? 'Error',
    detail,
  }));
}
