import { InvalidArgumentError, Option, type Command } from 'commander';
import {
  isEmpty,
  parseDefinition,
  planAsMermaid,
  planAsText,
  setsWatch,
  type CreateDataflowResult,
  type DeleteDataflowInput,
  type ImportDataflowResult,
  type Kind,
  type Plan,
  type UpdateDataflowInput,
  type UpdateDataflowResult,
  type Warning,
} from '../../client.ts';
import { aepLine } from '../../command-line.ts';
import { dataflowId } from '../../definition/identity.ts';
import { titleOf } from '../../resources/index.ts';
import { alsoKinds } from '../../resources/orders.ts';
import { inEnvironment, readDefinition } from '../definition-files.ts';
import { exitCodes, type ExitCode } from '../exit-codes.ts';
import { historyTable } from '../history-table.ts';
import { dataflowName, type Named } from '../name.ts';
import { print, table, tell } from '../output.ts';
import { followDataflow } from '../progress.ts';
import type { Run } from '../program.ts';

/** What is done to one dataflow, from its definition to its end. */
export function addDataflowCommands(program: Command, run: Run): void {
  const onFile = (name: string, about: string) =>
    program
      .command(name)
      .description(about)
      .argument('<file>', 'the definition, in JSON or YAML; - for standard input')
      .option('--environment <name>', 'one of the environments that the file names beside the definition');
  const onDataflow = (name: string, about: string) =>
    program.command(name).description(about).argument('<sandbox/name>', 'the dataflow', dataflowName);

  onFile(
    'validate',
    'Say everything that is wrong with a definition by itself. Asks neither Temporal nor AEP.',
  ).action(async (path: string, how: { environment?: string }) => {
    await run.alone(async (format) => {
      const { definition, warnings } = parseDefinition(await input(path, how));
      const dataflow = dataflowId(definition);
      print(format, { dataflow, warnings }, () =>
        [`The definition of ${dataflow} is right by itself.`, ...told(warnings)].join('\n'),
      );
      return exitCodes.done;
    });
  });

  onFile('plan', 'Say what a create or an update would do in AEP, and change nothing.')
    .option(
      '--sample-rows <n>',
      'show what so many of the first rows would become, at most 5; they are kept in a history',
      (written) => {
        if (!/^[0-5]$/.test(written)) throw new InvalidArgumentError('It is 0 to 5.');
        return Number(written);
      },
    )
    .action(async (path: string, { sampleRows, ...how }: { environment?: string; sampleRows?: number }) => {
      const asked = await run.read(() => input(path, how));
      await run.connected(async (client, format) => {
        const plan = await client.plan(asked, { sampleRows });
        print(format, plan, () => planAsText(plan));
        return codeOfPlan(plan);
      });
    });

  onFile('graph', 'Draw the plan of a definition as a Mermaid flow chart.').action(
    async (path: string, how: { environment?: string }) => {
      const asked = await run.read(() => input(path, how));
      await run.connected(async (client, format) => {
        const mermaid = planAsMermaid(await client.plan(asked));
        print(format, { mermaid }, () => mermaid);
        return exitCodes.done;
      });
    },
  );

  onFile('create', 'Make a dataflow, and wait until its flow lives and is watched.')
    .option('--require-approval', 'make nothing before a person has approved the plan')
    .action(async (path: string, how: { environment?: string; requireApproval?: true }) => {
      const asked = await run.read(() => input(path, how));
      await run.connected(async (client, format) => {
        const handle = await client.start(
          how.requireApproval ? { definition: asked, requireApproval: true } : asked,
        );
        const result = await followDataflow(handle, handle.result());
        print(format, result, () => tellMade(result));
        return exitCodes.done;
      });
    });

  onFile('update', 'Change a living dataflow so that it is as its definition asks for.')
    .option('--digest <digest>', 'carry out exactly the plan that has this digest')
    .addOption(
      new Option('--replace-flow <choice>', 'what a flow loads that takes the place of the old one').choices([
        'from-now',
        'backfill',
      ]),
    )
    .addOption(
      new Option('--missing-flow <choice>', 'what becomes of a flow that AEP does not show any more').choices(
        ['recreate'],
      ),
    )
    .option('--require-approval', 'change nothing before a person has approved the plan')
    .action(
      async (
        path: string,
        { environment, ...how }: Omit<UpdateDataflowInput, 'definition'> & { environment?: string },
      ) => {
        const asked = await run.read(() => input(path, environment === undefined ? {} : { environment }));
        await run.connected(async (client, format) => {
          const { definition } = parseDefinition(asked);
          const handle = client.dataflow(definition);
          const updating = client.update({ definition: asked as Record<string, unknown>, ...how });
          const result = await followDataflow(handle, updating);
          print(format, result, () => tellUpdated(result));
          return exitCodes.done;
        });
      },
    );

  onDataflow(
    'delete',
    'Delete a dataflow: its flow and the connections of that. What may hold data stays unless it is named.',
  )
    .option('--also <kind...>', `kinds that go, too: ${alsoKinds.join(', ')}`)
    .option('--only <id...>', 'delete only what has these ids')
    .action(async (named: Named, how: Omit<DeleteDataflowInput, 'sandbox' | 'name'>) => {
      await run.connected(async (client, format) => {
        const handle = client.dataflow(named);
        const result = await followDataflow(handle, client.delete({ ...named, ...how }));
        print(format, result, () =>
          [
            ...result.deleted.flatMap((ids) =>
              Object.entries(ids).map(([kind, id]) => `deleted  ${titleOf(kind as Kind)} ${id}`),
            ),
            ...result.left.map(({ kind, id, why }) => `left     ${titleOf(kind)} ${id}: ${why}`),
            ...(how.only ? [] : nextOfLeft(named, result.left)),
            ...(result.note ? [result.note] : []),
          ].join('\n'),
        );
        return exitCodes.done;
      });
    });

  const decision = (name: string, about: string) =>
    onDataflow(name, about).requiredOption(
      '--by <who>',
      'who decides, as the others are to read it (required)',
    );

  decision('approve', 'Approve the plan that waits for it.')
    .requiredOption('--digest <digest>', 'of the plan that was looked at (required)')
    .option('--why <text>', 'why')
    .action(async (named: Named, how: { by: string; digest: string; why?: string }) => {
      await run.connected(async (client, format) => {
        await client.dataflow(named).approve(how);
        print(format, { approved: how.digest }, () => `Approved: ${how.digest}`);
        return exitCodes.done;
      });
    });

  decision('reject', 'Reject the plan that waits for approval: nothing is done.')
    .requiredOption('--why <text>', 'why (required)')
    .action(async (named: Named, how: { by: string; why: string }) => {
      await run.connected(async (client, format) => {
        await client.dataflow(named).reject(how);
        print(format, { rejected: true }, () => 'Rejected.');
        return exitCodes.done;
      });
    });

  onDataflow(
    'history',
    'Say what was done to a dataflow, and what others have changed about its flow.',
  ).action(async (named: Named) => {
    await run.connected(async (client, format) => {
      const entries = await client.history(named);
      print(format, { history: entries }, () =>
        entries.length === 0
          ? `Nothing is known to have been done to ${named.sandbox}/${named.name}: Temporal forgets it in time.`
          : historyTable(entries),
      );
      return exitCodes.done;
    });
  });

  program
    .command('import')
    .description('Read a flow that is there into the definition that would have made it.')
    .argument('<sandbox/flow-id>', 'the flow, whoever made it', (written) => {
      try {
        return dataflowName(written);
      } catch {
        throw new InvalidArgumentError('A flow is written SANDBOX/FLOW-ID.');
      }
    })
    .option('--name <name>', "what the dataflow is to be called; the flow's name unless given")
    .option(
      '--adopt',
      'make it a dataflow of ours: it is marked, watched, and changed by update from then on',
    )
    .action(async ({ sandbox, name: flowId }: Named, how: { name?: string; adopt?: true }) => {
      await run.connected(async (client, format) => {
        const result = await client.importDataflow({ sandbox, flowId, ...how });
        if (format === 'text') for (const line of aboutImport(result)) tell(line);
        // For people, too: what is printed is the file that they go on with.
        print(format, result, () => JSON.stringify(result.definition, undefined, 2));
        return isEmpty(result.plan) ? exitCodes.done : exitCodes.different;
      });
    });
}

/** What goes into a file is the definition alone. */
function aboutImport({ plan, notExpressible, watcherWorkflowId }: ImportDataflowResult): string[] {
  return [
    ...(watcherWorkflowId === undefined
      ? []
      : [`${plan.dataflow} is a dataflow of ours now, and watched by ${watcherWorkflowId}.`]),
    ...notExpressible.map(({ path, value }) => `No definition can say: ${path} ${JSON.stringify(value)}`),
    ...(isEmpty(plan) ? [] : [`An update with this definition would change the flow: ${plan.summary}`]),
  ];
}

async function input(path: string, { environment }: { environment?: string }): Promise<unknown> {
  const read = await readDefinition(path);
  return environment === undefined ? read : inEnvironment(read, environment, path);
}

/** How to delete what stays unless it is named. */
function nextOfLeft(named: Named, left: readonly { kind: Kind }[]): string[] {
  const kinds = alsoKinds.filter((kind) => left.some((one) => one.kind === kind));
  if (kinds.length === 0) return [];
  return [`next: ${aepLine('delete', dataflowId(named), ` --also ${kinds.join(' ')}`)}`];
}

function codeOfPlan(plan: Plan): ExitCode {
  if (plan.problems.length > 0) return exitCodes.invalid;
  if (plan.steps.some(({ action }) => action === 'conflict')) return exitCodes.conflict;
  if (plan.choices.length > 0) return exitCodes.needsPerson;
  return isEmpty(plan) && !setsWatch(plan) ? exitCodes.done : exitCodes.different;
}

function tellMade({ flowId, resources, made, watcherWorkflowId, warnings }: CreateDataflowResult): string {
  return [
    table(
      ['', '', ''],
      Object.entries(resources).map(([kind, id]) => [
        titleOf(kind as Kind),
        id,
        (made as string[]).includes(kind) ? 'made' : 'was there',
      ]),
    ).trimStart(),
    `The flow ${flowId} is watched by ${watcherWorkflowId}.`,
    ...told(warnings),
  ].join('\n');
}

function tellUpdated({ plan, flowId, watcherWorkflowId, warnings }: UpdateDataflowResult): string {
  const done = isEmpty(plan) && !setsWatch(plan) ? 'There was nothing to change.' : planAsText(plan);
  return [done, `The flow ${flowId} is watched by ${watcherWorkflowId}.`, ...told(warnings)].join('\n');
}

function told(warnings: readonly Warning[]): string[] {
  return warnings.map(({ message }) => `Warning: ${message}`);
}
