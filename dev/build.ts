// npm run build: the client and the worker as plain JavaScript, with types, and the workflows as one bundle.
import { rm } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { bundleWorkflows } from './bundle-workflows.ts';
import { runCommand } from './run-command.ts';

const root = new URL('../', import.meta.url);
const pathOf = (path: string) => fileURLToPath(new URL(path, root));

await rm(pathOf('dist'), { recursive: true, force: true });
// TypeScript 7 has no JavaScript interface: its command is all there is.
const compiled = await runCommand(
  process.execPath,
  [pathOf('node_modules/typescript/bin/tsc'), '--project', pathOf('tsconfig.build.json')],
  { timeoutMs: 120_000 },
);
if (compiled.output) console.error(compiled.output);
if (!compiled.ok) process.exit(1);
// The compiled worker takes the bundle that lies beside it, and need not build it at each start.
await bundleWorkflows(pathOf('dist/workflow-bundle.js'));
console.log('Built dist/client.js, dist/worker.js and dist/workflow-bundle.js');
