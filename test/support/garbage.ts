import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

setFlagsFromString('--expose-gc');

/** Has Node collect at once what nothing refers to, as it would at some time of its own choice. */
export const collectGarbage = runInNewContext('gc') as () => void;
