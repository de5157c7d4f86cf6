/** Without what is undefined, however deep: as it would be after a journey through JSON. */
export function definedDeep(value: object): Record<string, unknown> {
  return JSON.parse(JSON.stringify(value)) as Record<string, unknown>;
}
