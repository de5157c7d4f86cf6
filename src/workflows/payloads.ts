import { DefaultPayloadConverter, encodingTypes, type Payload } from '@temporalio/common';
import type { ConverterHint, SerializationContext } from '@temporalio/common';
import { decode, encode } from '@temporalio/common/lib/encoding.js';

/** Stands for what somebody sent and nobody can read. */
export class Unreadable {
  /** Goes on after "it": `is empty`. */
  readonly why: string;

  constructor(why: string) {
    this.why = why;
  }
}

/**
 * What cannot be read is a value here, not an error: an error would fail the workflow task, and so the same task again, for
 * ever. Decided by the bytes alone, so that a replay decides the same. What an activity answered is our own word: that it
 * cannot be read is a mistake of the worker's, and so is what a codec should have decoded.
 */
class LenientPayloadConverter extends DefaultPayloadConverter {
  override fromPayload<T>(payload: Payload, context?: SerializationContext, hint?: ConverterHint<T>): T {
    const why = context?.type === 'activity' ? undefined : whyUnreadable(payload);
    return why === undefined ? super.fromPayload(payload, context, hint) : (new Unreadable(why) as T);
  }
}

/** Bundled with the workflows, which asks for this name. */
export const payloadConverter = new LenientPayloadConverter();

function whyUnreadable({ metadata, data }: Payload): string | undefined {
  const name = metadata?.['encoding'];
  if (!name) return 'does not say how it is encoded';
  const encoding = decode(name);
  if (encoding === encodingTypes.METADATA_ENCODING_NULL) return undefined;
  if (encoding === encodingTypes.METADATA_ENCODING_JSON) return whyNotJson(data ?? new Uint8Array());
  if (isMadeByCodec(encoding)) return undefined;
  return `is encoded as ${JSON.stringify(encoding.slice(0, 50))}, and only json/plain is read`;
}

/** Codecs encrypt and compress into bytes under names of their own. The default converter knows none of them, and throws. */
function isMadeByCodec(encoding: string): boolean {
  return (
    encoding.startsWith('binary/') &&
    encoding !== encodingTypes.METADATA_ENCODING_RAW &&
    encoding !== encodingTypes.METADATA_ENCODING_PROTOBUF
  );
}

function whyNotJson(data: Uint8Array): string | undefined {
  if (data.length === 0) return 'is empty';
  const text = decode(data);
  if (text.startsWith('\uFEFF')) return 'begins with a byte order mark, which JSON does not have';
  // What is no UTF-8 was replaced while it was decoded.
  if (text.includes('\uFFFD') && !isSame(encode(text), data)) return 'is not UTF-8';
  try {
    JSON.parse(text);
    return undefined;
  } catch {
    const outsideTexts = text.replaceAll(/"(?:[^"\\]|\\.)*"/g, '""');
    const [number] = /-?\b(?:NaN|Infinity)\b/.exec(outsideTexts) ?? [];
    return number ? `is not JSON, which has no ${number}` : 'is not JSON';
  }
}

function isSame(one: Uint8Array, other: Uint8Array): boolean {
  return one.length === other.length && one.every((byte, index) => byte === other[index]);
}
