import { z } from 'zod';

/*
 * Names travel into AEP's property filters (where a comma means "or", and comparison signs and quotes have a
 * meaning), into Catalog's (where a star matches anything) and into workflow ids. A lone surrogate cannot be
 * put into an address at all.
 */
const nameCharacters = String.raw`[^\p{Cc}\p{Cs}\p{Zl}\p{Zp},"\\*<>=]`;
const edge = String.raw`[^\p{Cc}\p{Cs}\p{Z},"\\*<>=]`;
const partNamePattern = new RegExp(`^${edge}(${nameCharacters}*${edge})?$`, 'u');
const noSlash = (characters: string) => characters.replace('[^', '[^/');
const namePattern = new RegExp(`^${noSlash(edge)}(${noSlash(nameCharacters)}*${noSlash(edge)})?$`, 'u');
const lineCharacters = String.raw`[^\p{Cc}\p{Cs}\p{Zl}\p{Zp}]`;
const linePattern = new RegExp(`^${lineCharacters}+$`, 'u');
const proseCharacters = String.raw`[^\p{Cs}\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f]`;
const prosePattern = new RegExp(`^${proseCharacters}*$`, 'u');

const nameRules = 'no control characters, none of , " \\ * < > =, and no space at either end';

/** The name of a dataflow: part of its workflow id, so it has no slash either. */
export const dataflowName = () =>
  z.string().min(1).max(200).regex(namePattern, `must have no slash, ${nameRules}`);

/** The name or title of one part: AEP is asked for it with a filter. */
export const partName = () => z.string().min(1).max(200).regex(partNamePattern, `must have ${nameRules}`);

/** Lower case only, as AEP has it: else one sandbox could be locked under two names. */
export const sandboxName = () =>
  z
    .string()
    .max(256)
    .regex(/^[a-z0-9][a-z0-9-]*$/, 'must be a sandbox name: lower-case letters, digits and hyphens');

const idPattern = /^[A-Za-z0-9][A-Za-z0-9_-]*$/;
const uriPattern = /^https?:\/\/[A-Za-z0-9.-]+(\/[A-Za-z0-9_~-][A-Za-z0-9._~-]*)+$/;

/** An id that AEP made and that goes into paths and filters. */
export const resourceId = () =>
  z.string().max(100).regex(idPattern, 'must be an id: letters, digits, hyphens and underscores only');

/** The id of a resource of any kind: the Schema Registry's are addresses. */
export const anyId = () =>
  z
    .string()
    .max(500)
    .regex(
      new RegExp(`${idPattern.source}|${uriPattern.source}`),
      'must be the id of a resource: letters, digits, hyphens and underscores only, or the $id of a schema or class',
    );

/** `$id` of a schema, class or field group. No segment can be `..`, and there is no query and no fragment. */
export const xdmUri = () =>
  z
    .string()
    .max(500)
    .regex(
      uriPattern,
      'must be the $id of an XDM resource, such as https://ns.adobe.com/xdm/context/profile',
    );

/** One line that only travels inside a body. */
export const line = (max = 500) =>
  z.string().min(1).max(max).regex(linePattern, 'must be one line without control characters');

/** Free text for people. */
export const prose = () =>
  z.string().max(2000).regex(prosePattern, 'must have no control characters besides line breaks and tabs');
