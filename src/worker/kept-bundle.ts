import { createHash, randomUUID } from 'node:crypto';
import { mkdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type BundleOptions, bundleWorkflowCode } from '@temporalio/worker';

const cacheFolder = fileURLToPath(new URL('../../node_modules/.cache/workflows', import.meta.url));

/** What decides about a bundle beside the modules in it, and how they are asked for. */
const bundlers = [
  createRequire(import.meta.url).resolve('@temporalio/worker/package.json'),
  fileURLToPath(import.meta.url),
];

/**
 * The workflows as `bundleWorkflowCode` makes them, taken from disk for as long as no file that went into the bundle has
 * changed: to make it takes several times as long as all else that a worker does before it polls.
 *
 * Several processes may ask for it at once. A kept bundle that is damaged counts as none, and where none can be written it
 * is made anew each time.
 *
 * @param options as `bundleWorkflowCode` takes them; each bundle is kept by itself.
 * @param folder where bundles are kept.
 * @throws what `bundleWorkflowCode` throws.
 */
export async function keptBundle(options: BundleOptions, folder = cacheFolder): Promise<{ code: string }> {
  const { logger: _, webpackConfigHook, ...how } = options;
  const name = sha256([JSON.stringify(how), String(webpackConfigHook)]).slice(0, 16);
  const file = join(folder, `${name}.js`);
  const kept = await readKept(file).catch(() => undefined);
  if (kept !== undefined) return { code: kept };

  const startedAt = Date.now();
  let sources: string[] = [];
  const bundle = await bundleWorkflowCode({
    ...options,
    webpackConfigHook(config) {
      const hooked = webpackConfigHook?.(config) ?? config;
      (hooked.plugins ??= []).push((compiler) =>
        compiler.hooks.done.tap('kept bundle', ({ compilation }) => {
          sources = [...compilation.fileDependencies];
        }),
      );
      return hooked;
    },
  });
  const code = latin1(bundle.code);
  await keep(file, code, [...bundlers, ...sources], startedAt).catch(() => undefined);
  return { code };
}

/**
 * The same code in Latin-1. V8 keeps a text in one byte for each character, or, for a single one that is not, in two for all of
 * them; and the SDK holds this text several times. (Only `String.raw` tells such an escape from its character.)
 */
function latin1(code: string): string {
  return code.replace(/[\u0100-\uffff]/g, (one) => `\\u${one.charCodeAt(0).toString(16).padStart(4, '0')}`);
}

/** The code of a kept bundle, or undefined where it is another one than would be made now. */
async function readKept(file: string): Promise<string | undefined> {
  const text = await readFile(file, 'utf8');
  const end = text.indexOf('\n');
  const { sources, digest } = JSON.parse(text.slice(0, end)) as { sources: string[]; digest: string };
  const code = text.slice(end + 1);
  return digest === (await digestOf(code, sources)) ? code : undefined;
}

async function keep(file: string, code: string, inputs: string[], startedAt: number): Promise<void> {
  const stats = await Promise.all(inputs.map((path) => stat(path).catch(() => undefined)));
  // Webpack names folders too, and the SDK's entry point, which is in memory only and follows from the options.
  const sources = inputs.filter((_, index) => stats[index]?.isFile());
  // One that was saved meanwhile may have been read before.
  if (stats.some((one) => one?.isFile() && one.mtimeMs >= startedAt)) return;
  await mkdir(dirname(file), { recursive: true });
  const written = `${file}.${randomUUID()}`;
  try {
    const head = JSON.stringify({ sources, digest: await digestOf(code, sources) });
    await writeFile(written, `${head}\n${code}`);
    // One step: who reads the file meanwhile sees the old one or the new one whole.
    await rename(written, file);
  } finally {
    await rm(written, { force: true });
  }
}

async function digestOf(code: string, sources: string[]): Promise<string> {
  return sha256([code, ...(await Promise.all(sources.map((source) => readFile(source))))]);
}

function sha256(parts: (string | Buffer)[]): string {
  const hash = createHash('sha256');
  for (const part of parts) hash.update(part);
  return hash.digest('hex');
}
