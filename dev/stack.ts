// npm run dev: Temporal, the AEP emulator and a worker, left running until Ctrl-C.
import { readFile } from 'node:fs/promises';
import { aepLines, commandLines, setUpLines, workerLine } from './command-lines.ts';
import { startStack } from './local-stack.ts';
import { messageLines } from './message-lines.ts';
import { numberOption, pathOption, portOption, readOptions } from './options.ts';
import { untilInterrupted } from './until-interrupted.ts';

const help = `Usage: npm run dev -- [options]

Starts a Temporal server, an emulator of Adobe Experience Platform, a worker and a webhook named
"on-call" on this machine, and leaves them running until Ctrl-C.

  --temporal-port PORT  port of the Temporal server (default: a free one)
  --ui-port PORT        port of Temporal's web pages (default: a free one)
  --emulator-port PORT  port of the emulator (default: a free one)
  --db-filename FILE    keep Temporal's state in FILE (default: in memory). The emulator forgets all the same.
  --data DIR            tables and files of your own for the emulator's sources (docs/emulator.md)
  --latency MS          milliseconds that each call to the emulator takes (default: 0)
  --clock-speed FACTOR  how much faster than real time the emulator's clock runs (default: 1)
  --help                this text`;

const example = 'examples/orders-from-bigquery.json';

await untilInterrupted(async (parts) => {
  const options = readOptions(help, {
    'temporal-port': { type: 'string' },
    'ui-port': { type: 'string' },
    'emulator-port': { type: 'string' },
    'db-filename': { type: 'string' },
    data: { type: 'string' },
    latency: { type: 'string' },
    'clock-speed': { type: 'string' },
  });
  const { temporal, emulator, worker, env, broken } = await startStack(parts, {
    temporal: {
      port: portOption('temporal-port', options['temporal-port']),
      uiPort: portOption('ui-port', options['ui-port']),
      dbFilename: options['db-filename'],
    },
    emulator: {
      port: portOption('emulator-port', options['emulator-port']) ?? 0,
      ...(options.data ? { data: pathOption(options.data) } : {}),
      latencyMs: numberOption('latency', options.latency) ?? 0,
      clockSpeed: numberOption('clock-speed', options['clock-speed']) ?? 1,
    },
    onMessage: (message) => console.log(`\n${messageLines(message).join('\n')}\n`),
    onWorkerOutput: (text) => process.stderr.write(text),
    onWorkerRestart: (text) => console.log(text),
  });

  const definition = JSON.parse(await readFile(example, 'utf8')) as { sandbox: string; name: string };
  const lines = commandLines(definition, example);
  const setUp = [...(await setUpLines(temporal)), `export AEP=${emulator.url}`];
  console.log(`
Temporal  ${temporal.address}, web pages ${temporal.uiUrl}, HTTP API ${temporal.httpUrl}
AEP       ${emulator.url} (the emulator; what it can be told is under ${emulator.url}/_emulator/)
Worker    process ${worker.pid}, its log is below
Webhook   on-call: what is sent to it is printed below

In another terminal, in this folder:

  ${setUp.join('\n  ')}

  ${aepLines(definition, example).join('\n  ')}

The same by the plain Temporal CLI:

  ${lines.start}
  ${lines.progress}
  ${lines.result}

A worker of your own beside this one, such as from changed sources:

  ${workerLine(env)}

Ctrl-C ends all of it.
`);
  return broken;
});
