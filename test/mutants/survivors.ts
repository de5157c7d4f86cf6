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

const forTypes =
  'The same without: it is there for the types, as what follows takes undefined for none, too.';
const noSuch = 'No input has such a value, so that nothing comes of it.';
const bound = 'A bound that is generous anyway: one more or less is the same.';
const cached = 'The same, only slower.';

/** Each survivor that we know of, and why no test is to notice it. */
const named: Named[] = [
  { file: 'src/xdm/fits.ts', was: "typeof format === 'string'", becomes: 'true', why: forTypes },
  { file: 'src/xdm/judge.ts', was: 'left < 0', becomes: 'left <= 0', why: bound },
  { file: 'src/xdm/judge.ts', was: '[]', why: noSuch },
  { file: 'src/xdm/judge.ts', was: 'from && type', why: forTypes },
  { file: 'src/xdm/fields.ts', was: '[]', why: noSuch },
  { file: 'src/xdm/fields.ts', was: 'name !== undefined', becomes: 'true', why: forTypes },
  {
    file: 'src/xdm/look-up.ts',
    was: 'field.type === undefined',
    becomes: 'false',
    why: 'A field of which no type is told is open: `close` sees to it.',
  },
  { file: 'src/xdm/nearest-path.ts', was: '!names', becomes: 'true', why: cached },
  { file: 'src/xdm/nearest-path.ts', was: '[]', why: noSuch },
  { file: 'src/xdm/nearest-path.ts', was: 'last === undefined', becomes: 'false', why: forTypes },
  { file: 'src/xdm/path.ts', was: 'end > at', becomes: 'end >= at', why: noSuch },
  { file: 'src/xdm/path.ts', was: 'wrapped > at', becomes: 'wrapped >= at', why: noSuch },
];

export function isNamed({ file, was, becomes }: Survivor): boolean {
  return named.some(
    (one) => one.file === file && one.was === was && (one.becomes === undefined || one.becomes === becomes),
  );
}
