/** Reads what AEP answers. */
import { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { z } from 'zod';

/**
 * Reads an answer's body to its end, no longer than `signal` allows; what was not read by then gives its connection back.
 * Not `response.text()`: the request that ky makes of ours passes its signal on only until it is collected, which can be as
 * soon as the headers are there (ky 1.14.3 on Node 24.21 with undici 7.29).
 * @throws the signal's reason.
 */
export async function readBody({ body }: Response, signal: AbortSignal): Promise<string> {
  if (body === null) return '';
  try {
    return await text(Readable.fromWeb(body, { signal }));
  } catch (error) {
    throw signal.aborted ? signal.reason : error;
  }
}

type Read<Answer> = { success: true; data: Answer } | { success: false; problem: string };

/** A body as JSON of the shape of `answer`, or why it is none. */
export function readAnswer<Answer>(body: string, answer: z.ZodType<Answer>): Read<Answer> {
  let json: unknown;
  try {
    json = body === '' ? undefined : JSON.parse(body);
  } catch {
    return { success: false, problem: 'not JSON' };
  }
  const read = answer.safeParse(json);
  return read.success ? read : { success: false, problem: z.prettifyError(read.error) };
}
