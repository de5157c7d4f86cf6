/** The Accept header decides what Schema Registry shows: lists without a version, lookups with one. */
import { xdmError } from '../errors.ts';

const invalid = (code: string, accept: string, hint: string) =>
  xdmError(
    code,
    'Accept header invalid',
    `The supplied Accept header is not valid: ${accept} - A valid Accept value should look like ${hint}`,
  );

/** `full` lists whole resources, otherwise ids and titles. */
export function acceptOfList(accept: string | undefined): { full: boolean } {
  const match = /^application\/vnd\.adobe\.(?:xed|xdm)(-id)?\+json$/.exec((accept ?? '').trim());
  if (match === null) throw invalid('XDM-1006-400', accept ?? '', "application/vnd.adobe.'{xed|xdm'}+json");
  return { full: match[1] === undefined };
}

export type LookupAccept = { full: boolean; texts: boolean; descriptors: boolean; version: string };

// Other pages say 406 here; the samples of the OpenAPI file say 400.
export function acceptOfLookup(accept: string | undefined): LookupAccept {
  const pattern =
    /^application\/vnd\.adobe\.(?:xed|xdm)(-full)?(-notext)?(-desc)?(-deprecatefield)?\+json\s*;\s*version=\s*(\d+(?:\.\d+)?)$/;
  const match = pattern.exec((accept ?? '').trim());
  if (match === null) {
    const hint = "application/vnd.adobe.'{xed|xdm'}+json; version=1 (Version should be specified)";
    throw invalid('XDM-1007-400', accept ?? '', hint);
  }
  return {
    full: match[1] !== undefined,
    texts: match[2] === undefined,
    descriptors: match[3] !== undefined,
    version: match[5] ?? '1',
  };
}

/** Descriptors: whole, ids or links; in pages where the header has `-v2`, else grouped by their type. */
export function acceptOfDescriptors(
  accept: string | undefined,
  isList: boolean,
): { shape: 'object' | 'id' | 'link'; inPages: boolean } {
  const match = /^application\/vnd\.adobe\.xdm(-v2)?(-id|-link)?\+json$/.exec((accept ?? '').trim());
  if (match === null || (!isList && match[2] !== undefined)) {
    const hint = isList ? 'application/vnd.adobe.xdm-id+json' : 'application/vnd.adobe.xdm+json';
    throw invalid(isList ? 'XDM-1008-400' : 'XDM-1009-400', accept ?? '', hint);
  }
  const shape = match[2] === undefined ? 'object' : match[2] === '-id' ? 'id' : 'link';
  return { shape, inPages: match[1] !== undefined };
}
