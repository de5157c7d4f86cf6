import { existsSync } from 'node:fs';
import { BaseSequencer, type TestSpecification } from 'vitest/node';

/** The files that take longest, the longest first: who begins with them does not wait for one of them alone in the end. */
const slow = [
  'create/crash.test.ts',
  'watch/retries.test.ts',
  'change/docs.test.ts',
  'watch/updates.test.ts',
  'watch/responses.test.ts',
  'cli/doctor.test.ts',
  'dev/demo.test.ts',
  'watch/month.test.ts',
  'create/busy-worker.test.ts',
  'create/slow-server.test.ts',
  'watch/hand-over.test.ts',
  'watch/carried.test.ts',
  'cli/temporal-aep.test.ts',
  'watch/create-and-watch.test.ts',
  'dev/demo-watch.test.ts',
  'change/real-stack.test.ts',
  'board/board.test.ts',
  'create/real-stack.test.ts',
  'faults/real-stack.test.ts',
  'watch/unreadable.test.ts',
  'connections/canary.test.ts',
  'sandbox/faults.test.ts',
  'watch/drift.test.ts',
  'watch/terminated-follower.test.ts',
  'create/away.test.ts',
  'change/lives.test.ts',
  'create/waits-for-aep.test.ts',
  'sandbox/limits.test.ts',
  'secrets.test.ts',
  'create-once/sequences.test.ts',
  'json-schema-in-python.test.ts',
  'activities/try-aep.test.ts',
  'emulator/aepp.test.ts',
  'emulator/scale.test.ts',
];

/** Has the slow files begin first, and keeps the files of a project together: only those can share a process. */
export class SlowFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const missing = slow.filter((file) => !existsSync(new URL(`../${file}`, import.meta.url)));
    if (missing.length > 0) throw new Error(`There is no ${missing.join(', ')}: slow-first.ts names it`);
    const place = ({ moduleId }: TestSpecification) => {
      const index = slow.findIndex((file) => moduleId.endsWith(`/test/${file}`));
      return index < 0 ? slow.length : index;
    };
    const byName = (a: string, b: string) => (a < b ? -1 : Number(a > b));
    return files.toSorted(
      (a, b) =>
        byName(b.project.name, a.project.name) || place(a) - place(b) || byName(a.moduleId, b.moduleId),
    );
  }
}
