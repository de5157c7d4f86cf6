import { DefaultPayloadConverter, encodingTypes, type Payload } from '@temporalio/common';
import type { ConverterHint, SerializationContext } from '@temporalio/common';
import { decode, encode } from '@temporalio/common/lib/encoding.js';
import { tellNotNumbers } from './not-numbers.ts';

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
    const { metadata, data } = payload;
    if (context?.type === 'activity') return super.fromPayload(payload, context, hint);
    const name = metadata?.['encoding'];
    if (!name) return new Unreadable('does not say how it is encoded') as T;
    const encoding = decode(name);
    if (encoding === encodingTypes.METADATA_ENCODING_JSON) return read(data ?? new Uint8Array()) as T;
    if (encoding === encodingTypes.METADATA_ENCODING_NULL || isMadeByCodec(encoding))
      return super.fromPayload(payload, context, hint);
    const told = JSON.stringify(encoding.slice(0, 50));
    return new Unreadable(`is encoded as ${told}, and only json/plain is read`) as T;
  }
}

/** Bundled with the workflows, which asks for this name. */
export const payloadConverter = new LenientPayloadConverter();

/** Codecs encrypt and compress into bytes under names of their own. The default converter knows none of them, and throws. */
function isMadeByCodec(encoding: string): boolean {
  return (
    encoding.startsWith('binary/') &&
    encoding !== encodingTypes.METADATA_ENCODING_RAW &&
    encoding !== encodingTypes.METADATA_ENCODING_PROTOBUF
  );
}

function read(data: Uint8Array): unknown {
  if (data.length === 0) return new Unreadable('is empty');
  const text = decode(data);
  if (text.startsWith('\uFEFF'))
    return new Unreadable('begins with a byte order mark, which JSON does not have');
  // What is no UTF-8 was replaced while it was decoded.
  if (text.includes('\uFFFD') && !isSame(encode(text), data)) return new Unreadable('is not UTF-8');
  try {
    return JSON.parse(text);
  } catch {
    const where = tellNotNumbers(text);
    return new Unreadable(`is not JSON, which has no NaN and no Infinity either${where && `: ${where}`}`);
  }
}

function isSame(one: Uint8Array, other: Uint8Array): boolean {
  return one.length === other.length && one.every((byte, index) => byte === other[index]);
}
