import { expect, test } from 'vitest';
import { bigQuery, flow, mappingSet, sourceConnection, targetConnection } from './bodies.ts';
import { rehearsal } from './client.ts';

const { emulator, client } = await rehearsal({ clockSpeed: 0 });

test('the databases tutorial works from start to end, call by call', async () => {
  const base = await client.get(`/flowservice/connections/${bigQuery.baseConnectionId}`);
  expect(base).toMatchObject({
    status: 200,
    body: { items: [{ state: 'enabled', connectionSpec: { id: bigQuery.specId } }] },
  });

  const source = await client.post('/flowservice/sourceConnections', sourceConnection());
  const target = await client.post('/flowservice/targetConnections', targetConnection());
  const mapping = await client.post('/conversion/mappingSets', mappingSet());
  expect([source.status, target.status, mapping.status]).toEqual([201, 201, 200]);
  expect(mapping.body).toMatchObject({ id: expect.stringMatching(/^[0-9a-f]{32}$/), version: 0 });

  const specs = await client.get('/flowservice/flowSpecs?property=name=="CRMToAEP"');
  expect(specs.body.items).toHaveLength(1);

  const startTime = String(Math.floor(emulator.control.clock().now / 1000) + 60);
  const parts = { sourceId: source.body.id, targetId: target.body.id, mappingId: mapping.body.id };
  const made = await client.post('/flowservice/flows', flow(parts, startTime));
  expect(made.status).toBe(201);
  expect(made.body.etag).toMatch(/^".+"$/);
  expect(made.headers.get('location')).toContain(made.body.id);

  const read = await client.get(`/flowservice/flows/${made.body.id}`);
  expect(read.body.items[0]).toMatchObject({
    state: 'enabled',
    etag: made.body.etag,
    version: made.body.etag,
    // Numbers sent as strings come back as they were sent.
    scheduleParams: { startTime, frequency: 'minute', interval: '15', backfill: 'true' },
    inheritedAttributes: {
      sourceConnections: [{ id: parts.sourceId, baseConnection: { id: bigQuery.baseConnectionId } }],
    },
  });
  expect(read.body.items[0]).not.toHaveProperty('lastRunDetails');
  expect(emulator.control.unknownFields()).toEqual([]);
});

test('every request is on record, without the token', () => {
  const requests = emulator.control.requests({ method: 'POST', path: '/flowservice/**' });
  expect(requests.map(({ path }) => path)).toEqual([
    '/flowservice/sourceConnections',
    '/flowservice/targetConnections',
    '/flowservice/flows',
  ]);
  expect(requests[0]).toMatchObject({
    status: 201,
    sandbox: 'prod',
    body: { name: 'Database source connection' },
  });
  expect(JSON.stringify(emulator.control.requests())).not.toMatch(/Bearer|s3cret/);
});
