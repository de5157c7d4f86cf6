import { createServer } from 'node:http';
import { connect, type AddressInfo } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import { createAep } from '../../src/aep/aep.ts';
import { configFor, errorOf, fakeAep } from './fake-aep.ts';

test('a process that was paused while it connected does not send when it wakes up after its deadline', async () => {
  const { url: imsUrl } = await fakeAep((_, response) => response.end('{}'));
  const received: string[] = [];
  // Beside the token's, so that the POST needs a connection of its own.
  const server = createServer((request, response) => {
    received.push(`${request.method} ${request.url}`);
    response.end('{"id":"one"}');
  });
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void server.close());
  const apiUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const aep = createAep({ ...configFor(imsUrl), apiUrl });

  // A neighbour's connection is there just before the POST's own: the process sleeps between the two.
  const beforeSend = () => {
    const neighbour = connect(Number(new URL(apiUrl).port), '127.0.0.1', () => {
      pause(2_000);
      neighbour.destroy();
    });
  };
  await errorOf(aep.flowService.flows.create({ sandbox: 'prod', timeoutMs: 1_500, beforeSend }, {}));
  await aep.flowService.flows.get({ sandbox: 'prod' }, 'next');
  expect(received).toEqual(['GET /data/foundation/flowservice/flows/next']);
});

/** What SIGSTOP and a suspended machine do, from inside. */
function pause(ms: number): void {
  const end = Date.now() + ms;
  while (Date.now() < end);
}
