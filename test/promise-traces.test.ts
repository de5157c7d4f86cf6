import { createContext, runInContext } from 'node:vm';
import { GlobalHandlers } from '@temporalio/worker/lib/workflow/vm-shared.js';
import { describe, expect, test } from 'vitest';
import { withoutPromiseTraces } from '../src/worker/promise-traces.ts';

/** A sandbox with a workflow in it, which runs `code` under the hooks of the SDK that a worker has. */
function run(bundle: (code: string) => string, code: string) {
  const promiseStackStore = { promiseToStack: new Map(), childToParent: new Map() };
  const workflow = { promiseStackStore, stackTracesEnabled: true, info: { runId: 'this run' } };
  const context = createContext({}, { microtaskMode: 'afterEvaluate' });
  runInContext(bundle('var begun = 1;'), context);
  context['__TEMPORAL_ACTIVATOR__'] = workflow;
  // They hold for all of the thread, which other files share.
  const handlers = new GlobalHandlers();
  handlers.install();
  try {
    const result: unknown = runInContext(code, context);
    return { result, noted: promiseStackStore.promiseToStack.size, workflow };
  } finally {
    handlers.uninstall();
  }
}

const pending = 'globalThis.one = new Promise(() => {}); one.then(() => {}); begun';

describe('without traces of promises', () => {
  test('the SDK notes none, and says so to who asks where a workflow stands', () => {
    const { result, noted, workflow } = run(withoutPromiseTraces, pending);
    expect({ result, noted, asked: workflow.stackTracesEnabled }).toEqual({
      result: 1,
      noted: 0,
      asked: false,
    });
  });

  test('an error has its stack, and each promise is still known to be its workflow’s', () => {
    const { result } = run(withoutPromiseTraces, 'new Error("Broken").stack');
    expect(result).toMatch(/Error: Broken\n\s+at /);
    const asked =
      "new Promise(() => {}).constructor.constructor('return globalThis.__TEMPORAL_ACTIVATOR__')()";
    expect(run(withoutPromiseTraces, asked).result).toMatchObject({ info: { runId: 'this run' } });
  });

  test('all stays on one line: the lines of the source map are the bundle’s', () => {
    expect(withoutPromiseTraces('first\nsecond').split('\n')).toHaveLength(2);
  });
});

test('with them the SDK notes each: without that there is nothing to spare', () => {
  expect(run((code) => code, pending)).toMatchObject({ noted: 2, workflow: { stackTracesEnabled: true } });
});
