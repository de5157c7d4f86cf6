/** A fault that the tests of its room do not notice, and need not. */
export interface Survivor {
  /** Such as `src/plan/digest.ts`. */
  file: string;
  /** The code that was replaced, in one line. */
  was: string;
  /** What took its place. */
  becomes: string;
}

interface Named extends Omit<Survivor, 'becomes'> {
  /** Absent: whatever takes its place. */
  becomes?: string;
  why: string;
}

/** Each survivor that we know of, and why no test is to notice it. */
const named: Named[] = [];

export function isNamed({ file, was, becomes }: Survivor): boolean {
  return named.some(
    (one) => one.file === file && one.was === was && (one.becomes === undefined || one.becomes === becomes),
  );
}
