import { readFileSync, symlinkSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { inject } from 'vitest';
import { printedBy, type Printed } from './printed.ts';
import type { Rig } from './rig.ts';

export type Reader = Awaited<ReturnType<typeof startReader>>;

/** Runs the lines of a page as a reader does: in a folder of their own, with the Temporal CLI at hand. */
export async function startReader(rig: Pick<Rig, 'temporal'>, file: string) {
  const page = readFileSync(file, 'utf8');
  const folder = await mkdtemp(join(tmpdir(), 'aep-dataflows-reader-'));
  symlinkSync(inject('temporalCli'), join(folder, 'temporal'));

  function run(program: string, args: string[], more: Record<string, string> = {}): Promise<Printed> {
    const env = {
      PATH: [folder, process.env['PATH']].join(delimiter),
      HOME: folder,
      TEMPORAL_HTTP: inject('temporalHttp'),
      ...rig.temporal.env,
      ...more,
    };
    return printedBy(program, args, { env, cwd: folder });
  }

  return {
    folder,
    run,
    bash: (lines: string, more?: Record<string, string>) => run('bash', ['--norc', '-ec', lines], more),
    /** TypeScript that imports the client, run as it is. */
    async script(name: string, text: string): Promise<Printed> {
      const client = pathToFileURL(resolve('src/client.ts')).href;
      await writeFile(join(folder, name), text.replace('aep-dataflows/client', client));
      return run(process.execPath, [name]);
    },
    /** The blocks of one language in the section of a title. */
    blocks(section: string, language: string): string[] {
      const [, text = ''] = page.split(`\n## ${section}\n`);
      const [own = ''] = text.split('\n## ');
      return [...own.matchAll(/^```(\w+)\n(.*?)^```$/gms)]
        .filter(([, of]) => of === language)
        .map((one) => one[2]!);
    },
    close: () => rm(folder, { recursive: true, force: true }),
  };
}
