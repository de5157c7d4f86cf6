/**
 * The SDK notes the stack of each promise that workflow code makes, so that it can be asked where a workflow stands. It has
 * no option for that, and it takes a fifth of the CPU of workflow code. Its hook reaches into the sandbox by the
 * constructor of a promise's constructor, for two things: the workflow, which is given as it is, but said to have no
 * traces; and `Error`, in whose place stands what has no stack. All else of the sandbox stays as it was: an error that is thrown
 * has its stack, and a rejection that nobody handles is still its workflow's.
 */
const sandbox = [
  'const workflow = () => {',
  'const one = globalThis.__TEMPORAL_ACTIVATOR__;',
  'if (one) one.stackTracesEnabled = false;',
  'return one;',
  '};',
  "const asked = { __proto__: null, 'return globalThis.__TEMPORAL_ACTIVATOR__': workflow, 'return globalThis.Error': () => Object };",
  "Object.defineProperty(Promise, 'constructor', { value: (...code) => asked[code] ?? Function(...code) });",
];

/**
 * The same bundle of workflows, of whose promises the SDK notes nothing: whoever asks for the stack of a workflow is told that
 * this worker has none. Its source map holds as before.
 */
export function withoutPromiseTraces(bundle: string): string {
  return `{ ${sandbox.join(' ')} } ${bundle}`;
}
