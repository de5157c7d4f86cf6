import { z } from 'zod';

/** What an error body says, whichever of AEP's families it belongs to. */
export interface ErrorBody {
  /** `gateway` for what stands before AEP's services, `page` for what is no JSON at all: a proxy's HTML, say; `part` for what begins like JSON, and may have broken off. */
  from: 'gateway' | 'service' | 'page' | 'nobody' | 'part';
  code?: string | undefined;
  title?: string | undefined;
  detail?: string | undefined;
  requestId?: string | undefined;
}

type Fields = Record<string, unknown>;

/**
 * Reads an error body. The families: the gateway's `{error_code, message}`; the services' envelope `{type, title,
 * status, detail}`, with a `report` that Flow Service and the Schema Registry fill differently; Flow Service's
 * `errorMessage` beside it; `{errors: …}`, a list or lists by status; IMS's `{error, error_description}`.
 */
export function readErrorBody(body: string): ErrorBody {
  if (body.trim() === '') return { from: 'nobody' };
  let json: unknown;
  try {
    json = JSON.parse(body);
  } catch {
    return { from: /^\s*(?:\[\s*)?\{/.test(body) ? 'part' : 'page', ...readPage(body) };
  }
  const fields = asFields(json);
  const report = asFields(fields['report']);
  const [listed] = listErrors(fields['errors']);
  const detail = firstText(
    fields['detail'],
    report['detailed-message'],
    fields['errorMessage'],
    fields['errorDetails'],
    fields['message'],
    fields['error_description'],
    listed?.['message'],
  );
  return {
    from: fields['error_code'] === undefined ? 'service' : 'gateway',
    code: firstText(
      fields['error_code'],
      codeOf(fields['type']),
      fields['code'],
      fields['error'],
      listed?.['code'],
    ),
    title: firstText(fields['title']),
    detail: [detail, ...subErrors(report['sub-errors'])].filter((text) => text !== undefined).join('; '),
    requestId: firstText(
      report['request-id'],
      report['registryRequestId'],
      report['requestId'],
      fields['request-id'],
      fields['requestId'],
      fields['request_id'],
    ),
  };
}

function readPage(body: string): { title?: string; detail?: string } {
  const title = /<(?:title|h1)[^>]*>([^<]+)</i.exec(body)?.[1];
  if (title !== undefined) return { title: title.trim() };
  return /^\s*</.test(body) ? { title: 'a page without a title' } : { detail: body };
}

/** The code in `https://ns.adobe.com/aep/errors/FLOW-1439-404`. Older envelopes have a placeholder there. */
function codeOf(type: unknown): string | undefined {
  return typeof type === 'string' ? /(?:^|\/)([A-Z][A-Z0-9_-]*-\d+(?:-\d+)?)$/.exec(type)?.[1] : undefined;
}

function listErrors(errors: unknown): Fields[] {
  const lists = Array.isArray(errors) ? [errors] : Object.values(asFields(errors));
  return lists.flat().map(asFields);
}

function subErrors(list: unknown): string[] {
  if (!Array.isArray(list)) return [];
  const texts = list.map((entry) => {
    const fields = asFields(entry);
    return firstText(entry, fields['detail'], fields['detailed-message'], fields['message'], fields['title']);
  });
  return texts.filter((text) => text !== undefined);
}

function firstText(...values: unknown[]): string | undefined {
  for (const value of values) {
    if (typeof value === 'string' && value.trim() !== '') return value;
    if (typeof value === 'number') return String(value);
  }
  return undefined;
}

function asFields(value: unknown): Fields {
  const fields = z.record(z.string(), z.unknown()).safeParse(value);
  return fields.success ? fields.data : {};
}
