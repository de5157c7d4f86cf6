import { setFlagsFromString } from 'node:v8';

/**
 * Has V8 collect garbage when a heap has grown by a fifth. Where memory is plenty, it waits until a heap is several times
 * what lives in it: a worker that looks at thousands of watchers one after the other then takes gigabytes, none of them
 * in use. Holds for threads that start afterwards too, such as the one that runs the workflows.
 */
export function keepHeapsSmall(): void {
  setFlagsFromString('--heap-growing-percent=20');
}
