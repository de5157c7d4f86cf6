import { rm, mkdtemp } from 'node:fs/promises';
import { createServer } from 'node:net';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client, Connection } from '@temporalio/client';
import { expect, onTestFinished, test } from 'vitest';
import { startChild } from '../../dev/child.ts';
import { startTemporal } from '../../dev/temporal-server.ts';
import { alive, descendants, startProgram } from '../support/program.ts';
import { waitFor } from '../support/wait-for.ts';

test.each(['SIGKILL', 'SIGTERM', 'SIGINT'] as const)(
  'a program that is ended by %s leaves none of its processes behind',
  async (signal) => {
    const program = startProgram('test/dev/fixtures/hold-processes.ts');
    await program.prints(/holding/);
    const below = descendants(program.pid);
    expect(below).toHaveLength(3);
    program.kill(signal);
    await program.ended;
    await waitFor('all of it to be gone', () => alive(below).length === 0);
  },
);

test('a program that fails leaves none of its processes behind', async () => {
  const program = startProgram('test/dev/fixtures/hold-processes.ts', ['throw']);
  const [, ...held] = await program.prints(/holding (\d+) (\d+)/);
  expect(await program.ended).toBe(1);
  await waitFor('all of it to be gone', () => alive(held.map(Number)).length === 0);
});

test('a Temporal server with a file still knows its workflows after a restart', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'temporal-server-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  const options = { headless: true, dbFilename: join(folder, 'state.db') };

  const first = await startTemporal(options);
  const start = (client: Client) => client.workflow.start('any', { taskQueue: 'nobody', workflowId: 'kept' });
  await connected(first.address, start);
  await first.close();
  expect(alive([first.pid])).toEqual([]);

  const second = await startTemporal(options);
  const describe = (client: Client) => client.workflow.getHandle('kept').describe();
  const { status } = await connected(second.address, describe);
  await second.close();
  expect(status.name).toBe('RUNNING');
});

test('a port that is taken is named in the error', async () => {
  const taken = createServer((socket) => socket.destroy()).listen(0, '127.0.0.1');
  onTestFinished(() => void taken.close());
  await once(taken, 'listening');
  const address = taken.address();
  const port = typeof address === 'object' && address ? address.port : 0;
  await expect(startTemporal({ headless: true, port })).rejects.toThrow(
    new RegExp(`${port}.*address already in use`),
  );
});

test('a process that does not heed SIGTERM is killed when its time is up', async () => {
  const script = "process.on('SIGTERM', () => {}); console.log('up'); setInterval(() => {}, 1000)";
  const child = await startChild(process.execPath, ['-e', script]);
  await waitFor('it to be up', () => child.lastOutput().includes('up'));
  await child.stop(100);
  expect(await child.ended).toBe('was ended by SIGKILL');
});

async function connected<T>(address: string, use: (client: Client) => Promise<T>): Promise<T> {
  const connection = await Connection.connect({ address });
  try {
    return await use(new Client({ connection }));
  } finally {
    await connection.close();
  }
}
