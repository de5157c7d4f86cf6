import { gunzipSync, gzipSync } from 'node:zlib';
import { Client, Connection } from '@temporalio/client';
import type { Payload, PayloadCodec } from '@temporalio/common';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import proto from '@temporalio/proto';
import { connect, type AepDataflows } from '../../src/client.ts';
import { failureOf, orders } from '../support/dataflows.ts';
import { startTestTemporal, type TestTemporal } from '../support/temporal.ts';

const { Payload: Wire } = proto.temporal.api.common.v1;
const encoding = new TextEncoder().encode('binary/squeezed');

/** What nobody can read who does not know it: as encryption would be. */
const squeezing: PayloadCodec = {
  encode: async (payloads) =>
    payloads.map((one) => ({ metadata: { encoding }, data: gzipSync(Wire.encode(one).finish()) })),
  decode: async (payloads) => payloads.map((one): Payload => Wire.decode(gunzipSync(one.data!))),
};

let place: TestTemporal;
let connection: Connection;
let temporalClient: Client;
let client: AepDataflows;

beforeAll(async () => {
  place = await startTestTemporal();
  connection = await Connection.connect({ address: place.address });
  const dataConverter = { payloadCodecs: [squeezing] };
  temporalClient = new Client({ connection, namespace: place.namespace, dataConverter });
  client = await connect({ client: temporalClient });
});
afterAll(async () => {
  await connection.close();
  await place.close();
});

describe('where a codec keeps payloads from being read', () => {
  it.each([
    ['by the typed client', true],
    ['by hand', false],
  ])(
    'a dataflow started %s is known again by the same definition, and another is a Conflict',
    async (_, typed) => {
      const sandbox = typed ? 'one' : 'two';
      const workflowId = `dataflow:${sandbox}:orders`;
      const first = orders(sandbox);
      if (typed) await client.start(first);
      else
        await temporalClient.workflow.start('createDataflow', {
          workflowId,
          taskQueue: 'aep-dataflows',
          args: [first],
        });
      expect((await client.start(orders(sandbox))).workflowId).toBe(workflowId);
      const other = orders(sandbox, { description: 'Another one' });
      expect((await failureOf({ result: () => client.start(other) })).type).toBe('Conflict');
    },
  );
});
