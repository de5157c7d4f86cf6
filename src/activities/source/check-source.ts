import { createHash } from 'node:crypto';
import { cancellationSignal } from '@temporalio/activity';
import { AepError } from '../../aep/errors.ts';
import { cut, longestText } from '../../cut.ts';
import type { AskedOfSource } from '../../explore/asked-of-source.ts';
import { isFine, type SourceAnswer } from '../../explore/source-answer.ts';
import { failure } from '../aep-failures.ts';
import { beating } from '../attempt.ts';
import type { Dependencies } from '../dependencies.ts';
import { remembered } from '../remembered.ts';
import { askSource } from './ask-source.ts';

export interface CheckSourceRequest {
  sandbox: string;
  asked: AskedOfSource;
  /** Whether nothing can be planned without the answer. Otherwise one that does not come is told as that. */
  isNeeded: boolean;
  giveUpAfterMs?: number;
}

/** What was fine a moment ago need not be asked again by the next of many dataflows. Milliseconds. */
const ageMs = 60_000;

/** Whether a source has what a definition takes for granted of it. */
export function createSourceChecks({ aep }: Dependencies) {
  const answers = remembered<SourceAnswer>(ageMs, isFine);
  return {
    async checkSource({
      sandbox,
      asked,
      isNeeded,
      giveUpAfterMs,
    }: CheckSourceRequest): Promise<SourceAnswer> {
      const call = { sandbox, signal: cancellationSignal() };
      try {
        const ask = () => askSource(aep, call, asked);
        return (await beating(() => answers.read(keyOf(sandbox, asked), ask)))!;
      } catch (error) {
        if (isNeeded || !(error instanceof AepError) || call.signal.aborted)
          throw failure(error, giveUpAfterMs);
        return { said: 'unknown', why: cut(error.message, longestText) };
      }
    },

    /** What it is known to say without a call to AEP. */
    knownOfSource: (sandbox: string, asked: AskedOfSource) => answers.known(keyOf(sandbox, asked)),
  };
}

/** A definition may have thousands of columns. */
function keyOf(sandbox: string, asked: AskedOfSource): string {
  return createHash('sha256')
    .update(`${sandbox} ${JSON.stringify(asked)}`)
    .digest('hex');
}
