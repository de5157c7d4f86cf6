/** A promise that fails before anybody awaits it is no unhandled rejection: whoever awaits it later is told. */
export function handled<Value>(promise: Promise<Value>): Promise<Value> {
  promise.catch(() => undefined);
  return promise;
}
