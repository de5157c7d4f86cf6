import { utf8ToBytes } from '@noble/hashes/utils.js';
import { z } from 'zod';
import { mustLookLikeNoOther } from './lookalikes.ts';

/*
 * Names travel into AEP's property filters (where a comma means "or", and comparison signs and quotes have a
 * meaning), into Catalog's (where a star matches anything) and into workflow ids. A lone surrogate cannot be
 * put into an address at all.
 *
 * The patterns are part of the JSON Schema too, where engines of other languages read them: they have no classes such as
 * \p{Cc}, and no surrogates, which not every engine can name.
 */
const controls = String.raw`\u0000-\u001f\u007f-\u009f`;
const lineEnds = String.raw`\u2028\u2029`;
const spaces = String.raw`\u0020\u00a0\u1680\u2000-\u200a\u202f\u205f\u3000`;
const signs = String.raw`,"\\*<>=`;
const nameCharacters = `[^${controls}${lineEnds}${signs}]`;
const edge = `[^${controls}${lineEnds}${spaces}${signs}]`;
const partNamePattern = new RegExp(`^${edge}(${nameCharacters}*${edge})?$`, 'u');
const noSlash = (characters: string) => characters.replace('[^', '[^/');
const namePattern = new RegExp(`^${noSlash(edge)}(${noSlash(nameCharacters)}*${noSlash(edge)})?$`, 'u');
const linePattern = new RegExp(`^[^${controls}${lineEnds}]+$`, 'u');
const lineRule = 'must be one line without control characters';
const proseControls = String.raw`\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f`;
const prosePattern = new RegExp(`^[^${proseControls}]*$`, 'u');

const isWhole = [
  (text: string) => text.isWellFormed(),
  'must have no half of a character (a lone surrogate)',
] as const;

const nameRules = 'no control characters, none of , " \\ * < > =, and no space at either end';

/** The name of a dataflow: part of its workflow id, so it has no slash either. */
export const dataflowName = () =>
  z
    .string()
    .min(1)
    .max(200)
    .regex(namePattern, `must have no slash, ${nameRules}`)
    .refine(...isWhole)
    .refine(
      (name) => !name.endsWith('.'),
      'must not end with a full stop, which passes for the end of a sentence',
    )
    .superRefine(mustLookLikeNoOther);

/** The name or title of one part: AEP is asked for it with a filter. */
export const partName = () =>
  z
    .string()
    .min(1)
    .max(200)
    .regex(partNamePattern, `must have ${nameRules}`)
    .refine(...isWhole)
    .superRefine(mustLookLikeNoOther);

/**
 * Temporal keeps ids of workflows, and search attributes, in columns of this length where its store is an SQL database, and
 * answers a longer id there with a time-out that does not name it. Bytes in UTF-8.
 */
const longestId = 255;
/** What is left of it beside `orphans:` and a UUID, and beside `flow:` and the UUID of a flow. */
const longestSandbox = 210;

/** Text of limited length. `maxLength` is how JSON Schema comes nearest to it. */
const atMostBytes = (most: number) =>
  z
    .string()
    .superRefine((text, { addIssue }) => {
      const message = lengthProblem(text, most);
      if (message) addIssue({ code: 'custom', message: `must ${message}` });
    })
    .meta({ maxLength: most });

function lengthProblem(text: string, most: number): string | undefined {
  const bytes = utf8ToBytes(text).length;
  return bytes > most ? `have at most ${most} bytes in UTF-8, and has ${bytes}` : undefined;
}

/** Why Temporal may not take a workflow under this id; undefined where it does. */
export function workflowIdProblem(id: string): string | undefined {
  const problem = lengthProblem(id, longestId);
  return problem && `makes a workflow id that may ${problem}`;
}

/** The id of a workflow of somebody else's. */
export const workflowIdText = () =>
  atMostBytes(longestId)
    .min(1)
    .regex(linePattern, lineRule)
    .refine(...isWhole);

/** Lower case only, as AEP has it: else one sandbox could be locked under two names. */
export const sandboxName = () =>
  atMostBytes(longestSandbox).regex(
    /^[a-z0-9][a-z0-9-]*$/,
    'must be a sandbox name: lower-case letters, digits and hyphens',
  );

const idPattern = /^[A-Za-z0-9][A-Za-z0-9_-]*$/;
const uriPattern = /^https?:\/\/[A-Za-z0-9.-]+(\/[A-Za-z0-9_~-][A-Za-z0-9._~-]*)+$/;

/** An id that AEP made and that goes into paths and filters. @param else what else could stand there. */
export const resourceId = (orElse = '') =>
  z
    .string()
    .max(100)
    .regex(idPattern, `must be an id: letters, digits, hyphens and underscores only${orElse}`);

// Not exported: what workflows share is frozen, and zod writes into the pattern that it tests with.
const uuidPattern = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** Whether it can be AEP's id of a connection or a spec. */
export const isUuid = (text: string) => uuidPattern.test(text);

/** The id of a connection spec: AEP has no others. */
export const specId = () =>
  z
    .string()
    .regex(
      uuidPattern,
      'must be the id of a connection spec, a UUID such as 3c9b37f8-13a6-43d8-bad3-b863b941fedd, in lower case',
    );

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
  z
    .string()
    .min(1)
    .max(max)
    .regex(linePattern, lineRule)
    .refine(...isWhole);

/** Free text for people. */
export const prose = () =>
  z
    .string()
    .max(2000)
    .regex(prosePattern, 'must have no control characters besides line breaks and tabs')
    .refine(...isWhole);

/** What somebody has to say, and does not by spaces and characters that nobody sees. */
export const mustSaySomething = [(text: string) => /[^\s\p{C}]/u.test(text), 'must not be blank'] as const;
