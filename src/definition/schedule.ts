import { z } from 'zod';
import { parseStart } from './start.ts';

export const frequencies = ['once', 'minute', 'hour', 'day', 'week'] as const;

const startTime = z
  .union([z.string(), z.number()], { error: 'must be an ISO 8601 text or epoch seconds' })
  .superRefine((value, context) => {
    const start = parseStart(value);
    if ('problem' in start) context.addIssue({ code: 'custom', message: start.problem });
  })
  .describe(
    'When the first run is due: ISO 8601 with a time zone ("2030-01-31T06:00:00Z"), or epoch seconds. As soon as possible unless given. One that has passed is refused, unless the flow is there already.',
  );

export const schedule = () =>
  z
    .strictObject({
      frequency: z
        .enum(frequencies)
        .describe('How often AEP loads: once, or every so many minutes, hours, days or weeks.'),
      interval: z
        .int()
        .min(1)
        .max(1_000_000)
        .optional()
        .describe(
          'Number of minutes, hours, days or weeks between runs: at least 15 for "minute", else at least 1. Not with "once".',
        ),
      backfill: z
        .boolean()
        .optional()
        .describe(
          'Whether the first run takes the rows that are there already. AEP\'s default is true. Not with "once".',
        ),
      startTime: startTime.optional(),
    })
    .describe('When AEP loads.');
