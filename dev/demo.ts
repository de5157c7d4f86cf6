// npm run demo: creates one dataflow on a stack of its own, from the definition to the first judged run.
import { relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { setUpLines } from './command-lines.ts';
import { createAndWatch } from './create-and-watch.ts';
import { demoWatch } from './demo-watch.ts';
import { type DemoReport, failureReport, summary } from './demo-report.ts';
import { readDefinition } from './read-definition.ts';
import { type Stack, startStack } from './local-stack.ts';
import { numberOption, pathOption, readOptions, UsageError } from './options.ts';
import { painter } from './paint.ts';
import { untilInterrupted } from './until-interrupted.ts';

const example = fileURLToPath(new URL('../examples/orders-from-bigquery.json', import.meta.url));

const help = `Usage: npm run demo -- [options]

Starts Temporal, an emulator of Adobe Experience Platform and a worker on this machine, creates a dataflow,
shows each step as it runs, and waits until the flow's first run was observed and judged.

  --watch            instead: four dataflows that do well, badly, fail and are run again, and never come, with the
                     message that is sent about each; about half a minute
  --definition FILE  the dataflow to create (default: ${relative(process.cwd(), example)})
  --data DIR         tables and files of your own that its source has: its runs read them (docs/emulator.md)
  --latency MS       milliseconds that each call to the emulator takes (default: 150)
  --json             print one JSON object on standard output and nothing else there;
                     npm's own lines go away with: npm run --silent demo -- --json
  --keep             leave everything running afterwards, until Ctrl-C
  --help             this text`;

await untilInterrupted(async (parts) => {
  const options = readOptions(help, {
    watch: { type: 'boolean' },
    definition: { type: 'string' },
    data: { type: 'string' },
    latency: { type: 'string' },
    json: { type: 'boolean' },
    keep: { type: 'boolean' },
  });
  if (options.watch && options.data)
    throw new UsageError('--data has no use with --watch, whose runs are planned.');
  const file = options.definition ? pathOption(options.definition) : example;
  const latencyMs = numberOption('latency', options.latency) ?? 150;
  // With --json, standard output is kept for the one object.
  const stream = options.json ? process.stderr : process.stdout;
  const paint = painter(stream);
  const colours = { begun: 'dim', well: 'green', badly: 'red' } as const;
  const say = (text: string, sort?: keyof typeof colours) =>
    void stream.write(`${sort ? paint(colours[sort], text) : text}\n`);

  let report: DemoReport;
  let stack: Stack | undefined;
  if (options.watch) {
    const watched = await demoWatch(parts, { file, latencyMs }, say);
    if (parts.disposed) return 1;
    if (options.json) process.stdout.write(`${JSON.stringify(watched.report, undefined, 2)}\n`);
    return leave(watched.report.ok, watched.stack);
  }
  try {
    const definition = await readDefinition(file);
    say('Starting Temporal, the AEP emulator and a worker …');
    stack = await startStack(parts, {
      emulator: {
        latencyMs,
        ...(options.data ? { data: pathOption(options.data) } : {}),
        sandboxes: [...new Set(['prod', 'dev', definition.sandbox])],
        // Runs of the real AEP take minutes to appear.
        runAppearsMs: [300, 500],
        runLastsMs: [800, 1_200],
      },
      workerEnv: { AEP_WATCH_INTERVAL: '250' },
    });
    say(`Temporal UI ${stack.temporal.uiUrl}, AEP emulator ${stack.emulator.url}\n`);
    report = await Promise.race([createAndWatch(stack, definition, file, say), stack.broken]);
  } catch (error) {
    report = failureReport(error);
  }

  // Interrupted: what broke then is no news.
  if (parts.disposed) return 1;
  if (options.json) process.stdout.write(`${JSON.stringify(report, undefined, 2)}\n`);
  for (const line of summary(report)) say(line, report.ok ? undefined : 'badly');
  return leave(report.ok, stack);

  /** Ends the demo, or lets it stay up. */
  async function leave(ok: boolean, stack: Stack | undefined) {
    if (!options.keep || !stack) return ok ? 0 : 1;
    for (const line of await setUpLines(stack.temporal)) say(`  ${line}`);
    say('\nEverything stays up. Ctrl-C ends it.');
    return stack.broken;
  }
});
