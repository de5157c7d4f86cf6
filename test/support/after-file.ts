import { afterAll } from 'vitest';
import { endWhatFileStarted } from './file-end.ts';

// Runs for each file, while the process and its modules live on for the next one.
afterAll(endWhatFileStarted);
