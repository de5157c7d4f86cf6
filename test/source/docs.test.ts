import { spawnSync } from 'node:child_process';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { connectors } from '../../src/definition/connectors.ts';
import { administratorOf } from '../support/dataflows.ts';
import { startReader, type Reader } from '../support/reader.ts';
import { startRig, type Rig } from '../support/rig.ts';

const hasJq = spawnSync('jq', ['--version']).status === 0;
const TABLE = 'acmeSpringCampaign';

let rig: Rig;
let reader: Reader;
let CONNECTION: string;
beforeAll(async () => {
  rig = await startRig();
  await rig.startWorker();
  reader = await startReader(rig, 'docs/exploring.md');
  const all = await administratorOf(rig).flowService.connections.list({ sandbox: 'prod' });
  const ofMysql = all.find(
    ({ connectionSpec }) => (connectionSpec as { id: string }).id === connectors.mysql.id,
  );
  CONNECTION = String(ofMysql!['id']);
});
afterAll(async () => {
  await rig.close();
  await reader.close();
});

it.skipIf(!hasJq)(
  'the lines for the Temporal CLI look into a source, and come to a watched flow',
  async () => {
    const [look, create] = reader.blocks('By the Temporal CLI', 'sh');
    const looked = await reader.bash(look!, { CONNECTION, TABLE });
    expect({ code: looked.code, stderr: looked.stderr }).toEqual({ code: 0, stderr: '' });
    expect(looked.stdout).toContain(TABLE);
    expect(looked.stdout).toContain('status_change_date');
    const created = await reader.bash(create!, { CONNECTION, TABLE });
    expect({ code: created.code, stderr: created.stderr }).toEqual({ code: 0, stderr: '' });
    expect(created.stdout).toContain('schema.class');
    const named = { sandbox: 'prod', name: 'acme-spring-campaign-from-mysql' };
    const { flowId } = await rig.client.dataflow(named).result();
    expect(await rig.client.health({ sandbox: 'prod', flowId })).toBeDefined();
    const [, sample] = reader.blocks('What the first rows would become', 'sh');
    const sampled = await reader.bash(sample!);
    expect({ code: sampled.code, stderr: sampled.stderr }).toEqual({ code: 0, stderr: '' });
    expect(JSON.parse(sampled.stdout)).toHaveLength(2);
  },
);

it('the TypeScript lists the source and writes a definition', async () => {
  const [script] = reader.blocks('From TypeScript', 'ts');
  const env = `process.env.CONNECTION = '${CONNECTION}'; process.env.TABLE = '${TABLE}';`;
  const { code, stdout, stderr } = await reader.script('explore.ts', `${env}\n${script!}`);
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  expect(stdout).toContain(`table ${TABLE}`);
  expect(stdout).toContain('mapping[0]');
});
