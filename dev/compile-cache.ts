// Loaded ahead of a program (`node --import`): what Node has once compiled, our TypeScript and all packages, is there for the next
// start, and for the processes that it starts.
import module from 'node:module';
import { fileURLToPath } from 'node:url';

const folder = fileURLToPath(new URL('../node_modules/.cache/compiled', import.meta.url));
process.env.NODE_COMPILE_CACHE ??= folder;
module.enableCompileCache(process.env.NODE_COMPILE_CACHE);
