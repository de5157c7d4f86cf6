/** The environment cannot be used. The message names every variable and what is wrong with it, never its value. */
export class InvalidEnvironmentError extends Error {
  override name = 'InvalidEnvironmentError' as const;

  /** @param whose such as `worker` */
  constructor(whose: string, problems: string[]) {
    const lines = problems.map((problem) => `  ${problem}`).join('\n');
    super(`The environment of the ${whose} cannot be used:\n${lines}`);
  }
}
