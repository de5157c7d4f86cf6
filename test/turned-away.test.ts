import { ServiceError, WorkflowUpdateFailedError, type Client } from '@temporalio/client';
import { ApplicationFailure } from '@temporalio/common';
import { describe, expect, test } from 'vitest';
import { untilTaken } from '../src/client/turned-away.ts';
import { watcherHandle } from '../src/client/watcher-handle.ts';

const precondition = (details: string) =>
  new ServiceError('Workflow Update failed', {
    cause: Object.assign(new Error(details), { code: 9, details }),
  });
const notTaken = () =>
  precondition('Unable to perform Workflow Execution Update due to unexpected workflow task failure.');
const refused = (type: string, details = {}) =>
  new WorkflowUpdateFailedError(
    'Workflow Update failed',
    ApplicationFailure.create({ type, message: 'No.', details: [details] }),
  );
const cutOff = (more = {}) => refused('Unavailable', { sendAgain: 'checkNow', ...more });

/** What is answered, one after the other; the last one for good. */
function answering(...answers: unknown[]) {
  const asked: string[] = [];
  const send = async (name: unknown = 'update') => {
    asked.push(typeof name === 'string' ? name : (name as { name: string }).name);
    const answer = answers[Math.min(asked.length, answers.length) - 1];
    return answer instanceof Error ? Promise.reject(answer) : answer;
  };
  return { asked, send };
}

describe('an update that is turned away', () => {
  test.each([
    ['as the server failed the task that would have taken it', notTaken()],
    ['as its watcher goes on in another execution', cutOff()],
  ])('%s is sent again', async (_, error) => {
    const { asked, send } = answering(error, error, 'taken');
    expect(await untilTaken(send)).toBe('taken');
    expect(asked).toHaveLength(3);
  });

  test('again and again is told in the end', async () => {
    const { asked, send } = answering(notTaken());
    await expect(untilTaken(send)).rejects.toThrow('Workflow Update failed');
    expect(asked).toHaveLength(8);
  });

  test.each([
    ['as the workflow is paused', precondition('Workflow is paused')],
    ['for good', refused('Conflict')],
    ['as AEP is away', refused('Unavailable')],
    ['by what is no failure of ours', new Error('UNAVAILABLE')],
  ])('%s is not sent again', async (_, error) => {
    const { asked, send } = answering(error);
    await expect(untilTaken(send)).rejects.toBe(error);
    expect(asked).toHaveLength(1);
  });
});

test('a flow that is enabled, and could not be looked at any more, is looked at and not enabled again', async () => {
  const health = { verdict: 'ok' };
  const { asked, send } = answering(notTaken(), cutOff({ note: 'AEP makes up' }), notTaken(), health);
  const client = { workflow: { getHandle: () => ({ executeUpdate: send }) } } as unknown as Client;
  const watcher = watcherHandle(client, { sandbox: 'prod', flowId: 'f' }, untilTaken);
  expect(await watcher.resume()).toEqual({ ...health, note: 'AEP makes up' });
  expect(asked).toEqual(['resume', 'resume', 'checkNow', 'checkNow']);
});
