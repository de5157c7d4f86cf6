import type { Choice } from './plan.ts';

/** What AEP leaves a person to choose where another flow has to take the place of the living one. */
export function replaceFlow(id: string): Choice {
  return {
    name: 'replaceFlow',
    options: [
      {
        value: 'from-now',
        consequence: `The new flow begins at its next slot after the last window of ${id}: rows that AEP's window rule puts between the two may be missed or come twice, which the update compares and reports`,
      },
      {
        value: 'backfill',
        consequence: `The new flow takes every row of the source: those that ${id} has loaded come twice`,
      },
    ],
  };
}

/** The same where a flow that an earlier run left is not to be seen. */
export function missingFlow(id: string): Choice {
  return {
    name: 'missingFlow',
    options: [
      {
        value: 'recreate',
        consequence: `Another flow is made: where ${id} is only hidden from these credentials, both load the data, and every row comes twice`,
      },
    ],
  };
}
