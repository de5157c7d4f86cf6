import { readFileSync } from 'node:fs';

/** What a process has used so far. */
export interface Used {
  cpuMs: number;
  /** Resident memory. */
  mb: number;
}

/** `USER_HZ`: 100 on every Linux that Node runs on. */
const ticksPerSecond = 100;
const pageBytes = 4096;

/** Reads it from `/proc`: on other systems than Linux there are no such figures, and they are NaN. */
export function used(pid: number): Used {
  try {
    const fields = readFileSync(`/proc/${pid}/stat`, 'utf8')
      .replace(/^.*\) /s, '')
      .split(' ');
    const ticks = Number(fields[11]) + Number(fields[12]);
    return { cpuMs: (ticks * 1000) / ticksPerSecond, mb: (Number(fields[21]) * pageBytes) / 2 ** 20 };
  } catch {
    return { cpuMs: NaN, mb: NaN };
  }
}
