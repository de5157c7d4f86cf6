import { startLeadSeconds } from '../../definition/start.ts';
import { objectAt } from '../../resources/json.ts';
import { resources, titleOf } from '../../resources/index.ts';
import type { Kind } from '../../resources/kinds.ts';
import type { Mark } from '../../resources/mark.ts';
import type { JsonObject } from '../../resources/resource.ts';
import { stillCounts } from '../attempt.ts';
import type { Dependencies } from '../dependencies.ts';
import { servicesOf } from '../services.ts';

/** A create: the body without its mark, and the mark. */
export interface Post {
  sandbox: string;
  body: JsonObject;
  mark: Mark;
  /** Of a flow: it is made as a draft, which runs nothing until it is published. */
  draft?: boolean | undefined;
}

/** What was made. */
export interface Made {
  id: string;
  /** Of a flow: when it is to start, where it says. Epoch seconds. */
  startTime?: number;
}

/**
 * Sends one POST that must not be sent twice.
 * @throws AepError
 */
export async function send(kind: Kind, { aep, httpTimeoutMs }: Dependencies, post: Post): Promise<Made> {
  const inTime = await stillCounts(httpTimeoutMs, `create ${titleOf(kind)}`);
  const body = bodyOf(kind, post, aep.now());
  const { id } = await servicesOf(aep)[kind].create({ sandbox: post.sandbox, ...inTime }, body, post.draft);
  return kind === 'flow' ? { id, startTime: Number(objectAt(body, 'scheduleParams')['startTime']) } : { id };
}

/**
 * The body with its mark. A flow that is to start as soon as possible gets its start here, anew for each request: AEP
 * refuses a start that has passed.
 * @param now by AEP's clock, which need not be ours. Epoch milliseconds.
 */
export function bodyOf(kind: Kind, { body, mark }: Omit<Post, 'sandbox'>, now: number): JsonObject {
  const marked = resources[kind].marked(body, mark);
  if (kind !== 'flow') return marked;
  const soon = Math.ceil(now / 1000) + startLeadSeconds;
  return { ...marked, scheduleParams: { startTime: soon, ...(marked['scheduleParams'] as JsonObject) } };
}
