// npm run build: the client and the worker as plain JavaScript, with types, and the workflows as one bundle.
// Into dist/, or into the folder that is given.
import { rm } from 'node:fs/promises';
import { join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { bundleWorkflows } from './bundle-workflows.ts';
import { runCommand } from './run-command.ts';

const root = fileURLToPath(new URL('../', import.meta.url));
const folder = resolve(process.argv[2] ?? join(root, 'dist'));

await rm(folder, { recursive: true, force: true });
// TypeScript 7 has no JavaScript interface: its command is all there is.
const compiler = join(root, 'node_modules/typescript/bin/tsc');
const project = ['--project', join(root, 'tsconfig.build.json'), '--outDir', folder];
const compiled = await runCommand(process.execPath, [compiler, ...project], { timeoutMs: 120_000 });
if (compiled.output) console.error(compiled.output);
if (!compiled.ok) process.exit(1);
// The compiled worker takes the bundle that lies beside it, and need not build it at each start.
await bundleWorkflows(join(folder, 'workflow-bundle.js'));
const made = ['client.js', 'worker.js', 'workflow-bundle.js'];
console.log(`Built ${made.map((file) => relative(process.cwd(), join(folder, file))).join(', ')}`);
