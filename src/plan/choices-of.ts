import type { Definition } from '../definition/definition.ts';
import { givenStartSeconds } from '../definition/start.ts';
import type { Choice, Choices, Plan } from './plan.ts';

/**
 * What AEP leaves a person to choose where another flow has to take the place of the living one. Only what AEP can do and
 * the definition does not rule out.
 * @param now epoch milliseconds.
 */
export function replaceFlow(id: string, definition: Definition, now: number): Choice {
  const fromNow = {
    value: 'from-now',
    consequence: `The new flow begins at its next slot after the last window of ${id}: rows that AEP's window rule puts between the two may be missed or come twice; its watcher compares the two and tells`,
  };
  const backfill = {
    value: 'backfill',
    consequence: `The new flow takes every row of the source: those that ${id} has loaded come twice`,
  };
  const { frequency, backfill: isAsked } = definition.schedule;
  // Until its start the first run is held to what the definition says of it.
  const liesAhead = (givenStartSeconds(definition) ?? 0) * 1000 > now;
  const isHeld = liesAhead && isAsked !== undefined;
  const options =
    frequency === 'once' || (isHeld && isAsked) ? [backfill] : isHeld ? [fromNow] : [fromNow, backfill];
  return { name: 'replaceFlow', options };
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

/** What of a plan's choices nobody has made. */
export function openChoices({ choices }: Plan, made: Choices): Choice[] {
  return choices.filter(({ name, options }) => options.every(({ value }) => value !== made[name]));
}

/** Choices with what follows from each, a line for each option. */
export function tellChoices(open: readonly Choice[]): string {
  const told = open.map(({ name, options }) =>
    options.map(({ value, consequence }) => `"${name}": "${value}": ${consequence}`).join('\n'),
  );
  return `This update takes a choice:\n${told.join('\n')}`;
}

/** The same for what a living flow uses. */
export function unseenPart(title: string, id: string): Choice {
  const consequence = `Another ${title} is made, and another flow that uses it: where ${id} is only hidden from these credentials, what it holds stays where it is`;
  return { name: 'missingFlow', options: [{ value: 'recreate', consequence }] };
}
