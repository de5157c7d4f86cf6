import { open, readFile } from 'node:fs/promises';
import { forms } from './forms.ts';

/**
 * What all secrets of the suite have in it, unlike anything else: the client's at AEP, those of sources, and the key of their
 * digests. Nothing that anybody can read may show it.
 */
export const canary = 'c4naryOfTheWholeSuite';

const written = [...new Set(forms(canary))];
const patterns = written.map((form) => Buffer.from(form));
const overlap = Math.max(...patterns.map(({ length }) => length));
const pieceSize = 8 * 1024 * 1024;
const fewPlaces = 5;

/** Whether a text shows it, however it is written. */
export function showsCanary(text: string): boolean {
  return written.some((form) => text.includes(form));
}

/** Lines that workers of this process have logged which show it. */
export const leaksInLog: string[] = [];

/**
 * What stands around it wherever a process has it in memory, of the first few places. Temporal's development server keeps all
 * that it is told in its memory, and nobody has a reason to tell it a secret. This costs 1.4 s of CPU for each gigabyte, once;
 * a database in a file would cost with each write, and every history that is read something. What the end of a page of its
 * database cuts in two is missed: a leak has more places than one.
 * @returns undefined where this system lets nobody look.
 */
export async function aroundCanaries(pid: number): Promise<string[] | undefined> {
  const maps = await readFile(`/proc/${pid}/maps`, 'utf8').catch(() => undefined);
  const memory = await open(`/proc/${pid}/mem`).catch(() => undefined);
  if (maps === undefined || !memory) return undefined;
  const around: string[] = [];
  const piece = Buffer.alloc(pieceSize + overlap);
  try {
    for (const [, from = '', to = ''] of maps.matchAll(/^([0-9a-f]+)-([0-9a-f]+) rw/gm)) {
      const end = Number.parseInt(to, 16);
      for (let at = Number.parseInt(from, 16); at < end; at += pieceSize) {
        // Some of it may be gone by now.
        // oxlint-disable-next-line no-await-in-loop
        const { bytesRead } = await memory
          .read(piece, 0, Math.min(piece.length, end - at), at)
          .catch(() => ({ bytesRead: 0 }));
        around.push(...aroundIn(piece.subarray(0, bytesRead)));
        if (around.length >= fewPlaces) return around;
      }
    }
    return around;
  } finally {
    await memory.close();
  }
}

function aroundIn(bytes: Buffer): string[] {
  return patterns.flatMap((pattern) => {
    const found = bytes.indexOf(pattern);
    if (found < 0) return [];
    const text = bytes.subarray(Math.max(0, found - 200), found + 100).toString('latin1');
    return text.replaceAll(/[^ -~]+/g, ' ');
  });
}

const place = Symbol.for("the suite's Temporal server");

/** The process of the suite's Temporal server, from the setup to the end of a run. */
export const temporalServer = {
  get pid(): number | undefined {
    return (globalThis as Record<symbol, unknown>)[place] as number | undefined;
  },
  set pid(pid: number) {
    (globalThis as Record<symbol, unknown>)[place] = pid;
  },
};
