import { shellWord } from './shell-word.ts';

/** A line for a shell that asks `temporal aep` for something about a dataflow. @param more what follows, fit for a shell */
export function aepLine(verb: string, dataflow: string, more = ''): string {
  return `temporal aep ${verb} ${shellWord(dataflow)}${more}`;
}

/** The same of a workflow, by an update, where none of our commands does it. */
export function updateLine(workflowId: string, update: string): string {
  return `temporal workflow update execute --workflow-id ${shellWord(workflowId)} --name ${update} --output json`;
}
