import { defineSearchAttributeKey } from '@temporalio/common';
import { workflowInfo } from '@temporalio/workflow';

const scheduledBy = defineSearchAttributeKey('TemporalScheduledById', 'KEYWORD');

/** How to start what runs under the wrong id. A Temporal Schedule appends a time to any id, whatever its settings. */
export function howToStart(id: string): string {
  const schedule = workflowInfo().typedSearchAttributes.get(scheduledBy);
  return schedule === undefined
    ? `Start it with --workflow-id ${inShell(id)}`
    : `The Temporal Schedule ${schedule} cannot do that, as it appends a time to the id: have cron start it with --workflow-id ${inShell(id)}, or a workflow of yours as its child (docs/clients.md)`;
}

/** Names may have spaces: what is told is copied into a shell. */
function inShell(id: string): string {
  return /^[\w:@%+./-]+$/.test(id) ? id : `'${id.replaceAll("'", `'\\''`)}'`;
}
