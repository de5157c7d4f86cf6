// Kills what our process leaves behind, however that ends: its standard input closes even when we are killed with
// SIGKILL. Each line it reads is the whole list of process ids to look after.
import { createInterface } from 'node:readline';

let pids: number[] = [];
for await (const line of createInterface({ input: process.stdin })) {
  pids = JSON.parse(line) as number[];
}
for (const pid of pids) {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // It ended in the meantime.
  }
}
