import { readdir, readFile } from 'node:fs/promises';
import { basename, join } from 'node:path';

/** A part of the CPU time of a process. */
export interface Share {
  name: string;
  percent: number;
}

interface Profile {
  nodes: { id: number; callFrame: { functionName: string; url: string; lineNumber: number } }[];
  samples: number[];
  /** Microseconds. */
  timeDeltas: number[];
}

const notBusy = new Set(['(idle)', '(program)', '(root)']);

/**
 * Where a process spent its CPU time, by what `node --cpu-prof` wrote for its threads. What the process used beyond its
 * JavaScript threads is native: the SDK's core in Rust, and the collection of garbage on threads of its own.
 */
export async function readProfiles(
  folder: string,
  bundle: string,
  cpuMs: number,
): Promise<{ byPackage: Share[]; byFunction: Share[] }> {
  const moduleAt = modulesOf(bundle);
  const byPackage = new Map<string, number>();
  const byFunction = new Map<string, number>();
  const add = (to: Map<string, number>, name: string, ms: number) => to.set(name, (to.get(name) ?? 0) + ms);
  let busyMs = 0;
  for (const file of await readdir(folder)) {
    const { nodes, samples, timeDeltas } = JSON.parse(await readFile(join(folder, file), 'utf8')) as Profile;
    const frames = new Map(nodes.map(({ id, callFrame }) => [id, callFrame]));
    for (const [index, id] of samples.entries()) {
      const { functionName, url, lineNumber } = frames.get(id)!;
      if (notBusy.has(functionName)) continue;
      const ms = timeDeltas[index]! / 1_000;
      const where = url.endsWith('workflows.js')
        ? `workflow sandbox: ${packageOf(moduleAt(lineNumber))}`
        : packageOf(url);
      busyMs += ms;
      add(byPackage, functionName === '(garbage collector)' ? functionName : where, ms);
      add(byFunction, `${functionName || `line ${lineNumber + 1} of ${basename(url)}`}, ${where}`, ms);
    }
  }
  add(byPackage, 'native code: the core of the SDK', Math.max(0, cpuMs - busyMs));
  const total = Math.max(cpuMs, busyMs);
  return { byPackage: largest(byPackage, total), byFunction: largest(byFunction, total) };
}

function largest(all: Map<string, number>, total: number): Share[] {
  return [...all]
    .sort(([, a], [, b]) => b - a)
    .slice(0, 12)
    .map(([name, ms]) => ({ name, percent: Number(((100 * ms) / total).toFixed(1)) }));
}

/** Tells which module a line of the bundle comes from. */
function modulesOf(bundle: string): (line: number) => string {
  const modules: string[] = [];
  let module = '';
  for (const [line, text] of bundle.split('\n').entries()) {
    module = /^\/\*\*\*\/ "(.+)":$/.exec(text)?.[1] ?? module;
    modules[line] = module;
  }
  return (line) => modules[line] || 'webpack';
}

function packageOf(path: string): string {
  const inModules = /.*node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(path)?.[1];
  if (inModules) return inModules;
  if (path === 'webpack') return path;
  if (path === '' || path.startsWith('node:')) return 'Node';
  return /(?:^|\/)(src|emulator|bench|dev)\//.test(path) ? 'aep-dataflows' : 'other';
}
