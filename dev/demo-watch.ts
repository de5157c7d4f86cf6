import { failureReport } from './demo-report.ts';
import { startStack, type Stack } from './local-stack.ts';
import type { Print } from './live-steps.ts';
import { readDefinition } from './read-definition.ts';
import { messageLines } from './message-lines.ts';
import { Inbox, watchFour } from './watch-four.ts';

/** `npm run demo -- --watch`: what people on call are told of four dataflows. Returns what to print with `--json`. */
export async function demoWatch(
  parts: AsyncDisposableStack,
  { file, latencyMs }: { file: string; latencyMs: number },
  say: (text: string, sort?: Parameters<Print>[1]) => void,
): Promise<{ report: { ok: boolean }; stack?: Stack }> {
  let stack: Stack | undefined;
  try {
    const definition = await readDefinition(file);
    const startedAt = Date.now();
    const inbox = new Inbox((message) => {
      const at = ((Date.now() - startedAt) / 1000).toFixed(1).padStart(5);
      const [title, ...rest] = messageLines(message);
      say(`${at} s  ${title}`, message.verdict === 'ok' ? 'well' : 'badly');
      for (const line of rest) say(`       ${line}`);
    });
    say('Starting Temporal, the AEP emulator, a worker and somebody’s webhook …');
    stack = await startStack(parts, {
      emulator: {
        latencyMs,
        sandboxes: [...new Set(['prod', 'dev', definition.sandbox])],
        runAppearsMs: [300, 500],
        runLastsMs: [800, 1_200],
      },
      workerEnv: { AEP_WATCH_INTERVAL: '250' },
      onMessage: (message) => {
        if ('flowId' in message) inbox.take(message);
      },
    });
    say(`Temporal UI ${stack.temporal.uiUrl}, AEP emulator ${stack.emulator.url}\n`);
    const report = await Promise.race([watchFour(stack, definition, inbox, say), stack.broken]);
    say(
      report.ok ? '\nEach was told once. The watchers go on.' : '\nNot all of it was told as it should be.',
      report.ok ? undefined : 'badly',
    );
    return { report, stack };
  } catch (error) {
    const report = failureReport(error);
    if (!parts.disposed) say(`${report.error.type}: ${report.error.message}`, 'badly');
    return stack ? { report, stack } : { report };
  }
}
