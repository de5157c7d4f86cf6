import { z } from 'zod';

export const options = () =>
  z
    .strictObject({
      partialIngestionPercent: z
        .number()
        .gt(0)
        .max(100)
        .optional()
        .describe('Percentage of rows that may fail before AEP calls a run failed: above 0, at most 100.'),
      errorDiagnosticsEnabled: z
        .boolean()
        .optional()
        .describe('Whether AEP keeps details and samples of rows that failed.'),
    })
    .describe("The flow's options.");
