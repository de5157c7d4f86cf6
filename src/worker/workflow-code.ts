import { fileURLToPath } from 'node:url';
import type { BundleOptions } from '@temporalio/worker';

const extension = import.meta.url.endsWith('.ts') ? 'ts' : 'js';
const pathOf = (module: string) => fileURLToPath(new URL(`../${module}.${extension}`, import.meta.url));

const workflowsPath = pathOf('workflows/index');
const payloadConverterPath = pathOf('workflows/payloads');
const interceptors = pathOf('workflows/interceptors');

/** The workflows from their sources, as `bundleWorkflowCode` takes them. A worker takes nothing but such a bundle. */
export const workflowCode: BundleOptions = {
  workflowsPath,
  payloadConverterPath,
  workflowInterceptorModules: [interceptors],
  // All of it is evaluated once for a worker. Else each workflow evaluates every module, and keeps what comes of it for as
  // long as it is cached: for none of them a module may hold a state (`test/definition/shared.test.ts`).
  preloadModules: [workflowsPath, payloadConverterPath, interceptors],
  webpackConfigHook(config) {
    // What Node knows stays as it is written. The SDK would have private members and spreads replaced by functions of their own.
    for (const rule of config.module?.rules ?? []) {
      const { use } = rule as { use?: { options?: { jsc?: { target: string } } } };
      if (use?.options?.jsc) use.options.jsc.target = 'es2022';
    }
    // Files and lines for stack traces and debuggers, neither columns nor the sources in full: the SDK keeps all of it in memory,
    // several times.
    return { ...config, devtool: 'inline-nosources-cheap-module-source-map' };
  },
};
