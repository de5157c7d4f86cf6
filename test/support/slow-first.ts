import { BaseSequencer, type TestSpecification } from 'vitest/node';

/** The files that take longest, the longest first: who begins with them does not wait for one of them alone in the end. */
const slow = [
  'create/crash.test.ts',
  'create-once/sequences.test.ts',
  'dev/demo.test.ts',
  'create/slow-server.test.ts',
  'watch/terminated-follower.test.ts',
  'secrets.test.ts',
  'watch/month.test.ts',
  'watch/carried.test.ts',
  'watch/retries.test.ts',
  'create/busy-worker.test.ts',
  'dev/demo-watch.test.ts',
  'change/real-stack.test.ts',
  'watch/updates.test.ts',
  'watch/responses.test.ts',
  'board/board.test.ts',
  'dev/stack.test.ts',
  'create/real-stack.test.ts',
  'watch/follow-runs.test.ts',
  'faults/real-stack.test.ts',
  'dev/processes.test.ts',
  'json-schema-in-python.test.ts',
  'emulator/scale.test.ts',
];

/** Has the slow files begin first, and keeps the files of a project together: only those can share a process. */
export class SlowFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
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
