/** How a secret could be written: as it is, in an address, a form, in JSON, in base64. */
export function forms(text: string): string[] {
  const form = new URLSearchParams({ _: text }).toString().slice(2);
  const base64 = (padding: string) => Buffer.from(padding + text).toString('base64');
  // Without its ends, which hang on what stands beside it.
  const inner = ['', 'a', 'ab'].map((padding) => base64(padding).slice(4, -4));
  return [text, encodeURIComponent(text), form, JSON.stringify(text).slice(1, -1), ...inner];
}
