import type { z } from 'zod';

/** What every call to AEP is given besides its own arguments. */
export interface Call {
  sandbox: string;
  /** Gives the call up, wherever it is. A create that was sent by then is in doubt. */
  signal?: AbortSignal | undefined;
  /** Milliseconds for the call in all, its token and all its pages included. Default: the configuration's. */
  timeoutMs?: number | undefined;
  /** Called at the last moment before each request goes out. What it throws is thrown unchanged, and nothing is sent. */
  beforeSend?: (() => void) | undefined;
}

/** One HTTP request below `/data/foundation`. */
export interface Request {
  method: 'GET' | 'POST' | 'DELETE';
  /** Such as `/flowservice/flows/…`, its ids already made safe by `segment`. */
  path: string;
  /** In this order; a name may be repeated. */
  query?: [name: string, value: string | number][];
  body?: object;
  /** The Schema Registry answers in the form that Accept asks for. Default: JSON. */
  accept?: string;
}

/** Sends one request and gives the answer as `answer` reads it. */
export type Send = <Answer>(request: Request, answer: z.ZodType<Answer>) => Promise<Answer>;

export interface Http {
  /** Sends one request under the deadline of `call`. */
  send<Answer>(call: Call, request: Request, answer: z.ZodType<Answer>): Promise<Answer>;
  /** Lets `work` send several requests under one deadline. */
  during<Result>(call: Call, work: (send: Send) => Promise<Result>): Promise<Result>;
}
