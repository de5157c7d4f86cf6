/** One thing that has to be right before dataflows can be made. */
export interface SetupCheck {
  /** What is looked at, in a word or two. */
  check: string;
  ok: boolean;
  /** What was found: one sentence at most. */
  found: string;
  /** What to do, where it is not ok. */
  next?: string;
}

export function passed(check: string, found: string): SetupCheck {
  return { check, ok: true, found };
}

export function failedCheck(check: string, found: string, next: string): SetupCheck {
  return { check, ok: false, found, next };
}
