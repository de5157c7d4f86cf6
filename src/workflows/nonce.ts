import { uuid4 } from '@temporalio/workflow';

/** What tells one request of ours from every other: eight lower-case letters and digits, as a mark has them. */
export const newNonce = (): string => uuid4().slice(0, 8);
