import { fileURLToPath } from 'node:url';

const extension = import.meta.url.endsWith('.ts') ? 'ts' : 'js';
const pathOf = (module: string) => fileURLToPath(new URL(`./${module}.${extension}`, import.meta.url));

/**
 * What the workflows of a worker share: modules that hold nothing but what they say. They are evaluated once for the
 * worker, not once for each workflow: for the definition's schema alone that takes longer than all else a create does.
 */
const shared = [
  'definition/parse',
  'resources/index',
  'runs/reactions',
  'runs/tell',
  'runs/health',
  'runs/details',
];

/** The workflows from their sources, as `Worker.create` takes them. */
export const workflowCode = {
  workflowsPath: pathOf('workflows/index'),
  bundlerOptions: { preloadModules: shared.map(pathOf) },
};
