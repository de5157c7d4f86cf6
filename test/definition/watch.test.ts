import { describe, expect, test } from 'vitest';
import { fieldsOf, messageAt, parsed, sample } from './sample.ts';

const withWatch = (watch: unknown) => ({ ...sample, watch });
const everything = {
  overdueAfter: '45m',
  stuckAfter: '3h',
  expectRows: true,
  notify: {
    webhook: 'on-call',
    slack: 'data-team',
    teams: 'data-team',
    email: 'data-team',
    workflow: { workflowId: 'incidents', signal: 'flowChanged' },
  },
  retry: { times: 3, pause: '5m' },
  pauseAfter: 5,
};

describe('how a definition asks for its flow to be watched', () => {
  test('everything at once passes, as does nothing at all', () => {
    expect(parsed(withWatch(everything)).watch).toEqual(everything);
    expect(parsed(withWatch({})).watch).toEqual({});
    expect(parsed(sample).watch).toBeUndefined();
  });

  test.each([
    ['overdueAfter', { overdueAfter: 'soon' }],
    ['overdueAfter', { overdueAfter: '0s' }],
    ['overdueAfter', { overdueAfter: '400d' }],
    ['stuckAfter', { stuckAfter: 90 }],
    ['expectRows', { expectRows: 'yes' }],
    ['notify', { notify: {} }],
    ['notify.slack', { notify: { slack: '#data-team' } }],
    ['notify.email', { notify: { email: 'ann@example.com' } }],
    ['notify.workflow.signal', { notify: { workflow: { workflowId: 'incidents' } } }],
    ['retry.times', { retry: {} }],
    ['retry.times', { retry: { times: 0 } }],
    ['retry.times', { retry: { times: 11 } }],
    ['retry.times', { retry: { times: 1.5 } }],
    ['retry.pause', { retry: { times: 1, pause: '' } }],
    ['pauseAfter', { pauseAfter: 0 }],
  ])('%s is refused in %j', (field, watch) => {
    expect(fieldsOf(withWatch(watch))).toEqual([`watch.${field}`]);
  });

  test('an address where the name of a webhook belongs is refused, and the refusal says where addresses are kept', () => {
    const message = messageAt(
      withWatch({ notify: { webhook: 'https://hooks.example.com/secret' } }),
      'watch.notify.webhook',
    );
    expect(message).toContain('environment of the worker');
    expect(message).not.toContain('hooks.example.com');
  });

  test.each(['On-Call', 'on_call', '-oncall', 'on--call', 'on-'])(
    'two webhooks can never share one variable: %s is no name',
    (webhook) => {
      expect(fieldsOf(withWatch({ notify: { webhook } }))).toEqual(['watch.notify.webhook']);
    },
  );

  test('a setting nobody knows is refused with the one that was meant', () => {
    expect(messageAt(withWatch({ pauseAftr: 3 }), 'watch.pauseAftr')).toContain('did you mean "pauseAfter"?');
  });
});
