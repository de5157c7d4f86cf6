import { globalHandlers } from '@temporalio/worker/lib/workflow/vm-shared.js';

// Where workflow code runs in the test's own thread, the SDK notes the origin of every promise in it, for stack traces of
// workflows that nobody asks for here: each promise compiles a function. Once begun it never ends, also for the next files.
Object.assign(globalHandlers, { setPromiseHook() {} });
