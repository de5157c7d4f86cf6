import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { hasPython, pythonWith } from '../support/python.ts';
import { databasesDataSet } from './bodies.ts';
import { rehearsal } from './client.ts';
import type { Json } from './client.ts';

const run = promisify(execFile);

// Its own list of packages is half a gigabyte: what the session imports needs three of them.
const aepp = [
  ['--no-deps', 'aepp==0.6.0'],
  ['requests', 'pandas', 'deprecation'],
];

test.skipIf(!hasPython)(
  'aepp, an independent client in Python, lives with the emulator',
  async () => {
    const { emulator } = await rehearsal();
    const python = await pythonWith(...aepp);
    const { stdout } = await run(python, ['-W', 'ignore', 'test/emulator/aepp/session.py', emulator.url]);
    const found = JSON.parse(stdout.trim().split('\n').at(-1) ?? '') as Json;
    expect(found).toEqual({
      specs: expect.any(Number),
      bigQuery: '3c9b37f8-13a6-43d8-bad3-b863b941fedd',
      crmToAep: '14518937-270c-4525-bdec-c2ba7cce3860',
      fieldGroups: ['Demographic Details', 'IdentityMap', 'Personal Contact Details', 'Work Contact Details'],
      fieldGroup: ['Demographic Details', ['https://ns.adobe.com/xdm/context/profile'], ['person']],
      tenant: 'emulator',
      schemas: ['Customers of aepp', 'Database target schema'],
      descriptors: [],
      path: 'object',
      datasets: ['Customers of aepp', 'Database target dataset'],
      behavior: ['record'],
      mappingListed: true,
      expressions: ['succeeded', 'failed'],
      rules: 2,
      flows: ['Flow 0', 'Flow 1', 'Flow 2'],
      onlySources: 3,
      connections: emulator.control.resources('connections', 'prod').length,
      sources: 3,
      targets: 3,
      manager: ['source', 'batch', true],
      mappingVersion: 1,
      state: ['disabled', 'enabled'],
      runs: ['success', 'success', 'success', 'success', 'success'],
      left: 0,
    });
    expect(found.specs).toBe(found.connections);
    expect(emulator.control.resources('dataSets', 'prod').map(({ id }) => id)).toContain(databasesDataSet);
    const refused = emulator.control.requests().filter(({ status }) => status === undefined || status >= 400);
    expect(refused.map(({ method, path, status }) => [method, path, status])).toEqual([]);
  },
  300_000,
);
