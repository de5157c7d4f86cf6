import { fileURLToPath } from 'node:url';
import type { BundleOptions } from '@temporalio/worker';

const extension = import.meta.url.endsWith('.ts') ? 'ts' : 'js';
const pathOf = (module: string) => fileURLToPath(new URL(`../${module}.${extension}`, import.meta.url));

/**
 * What the workflows of a worker share: modules that hold nothing but what they say. They are evaluated once for the
 * worker, not once for each workflow: for the definition's schema alone that takes longer than all else a create does.
 */
const shared = [
  'definition/parse',
  'resources/index',
  'xdm/judge',
  'runs/reactions',
  'runs/notification',
  'runs/health',
  'runs/details',
  'runs/run',
];

/** The workflows from their sources, as `bundleWorkflowCode` takes them. A worker takes nothing but such a bundle. */
export const workflowCode: BundleOptions = {
  workflowsPath: pathOf('workflows/index'),
  preloadModules: shared.map(pathOf),
  payloadConverterPath: pathOf('workflows/payloads'),
  workflowInterceptorModules: [pathOf('workflows/interceptors')],
  // Files and lines for stack traces and debuggers, neither columns nor the sources in full: the SDK keeps all of it in memory,
  // several times.
  webpackConfigHook: (config) => ({ ...config, devtool: 'inline-nosources-cheap-module-source-map' }),
};
