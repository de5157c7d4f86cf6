import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, rmSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { orders } from '../support/dataflows.ts';
import { startReader, type Reader } from '../support/reader.ts';
import { startRig, type Rig } from '../support/rig.ts';
import { waitFor } from '../support/wait-for.ts';

const hasJq = spawnSync('jq', ['--version']).status === 0;
/** No run is due while the lines are run. Epoch seconds. */
const startTime = Math.floor(Date.now() / 1000) + 3600;

let rig: Rig;
let reader: Reader;
beforeAll(async () => {
  rig = await startRig();
  await rig.startWorker();
  reader = await startReader(rig, 'docs/folders.md');
  cpSync('examples', join(reader.folder, 'examples'), { recursive: true });
});
afterAll(async () => {
  await rig.close();
  await reader.close();
});

/** What the reader has in the folder. */
async function folderHas(changes: Record<string, object>): Promise<void> {
  const folder = join(reader.folder, 'dataflows');
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder);
  for (const [name, change] of Object.entries(changes)) {
    const schema = { ...(orders('prod')['schema'] as object), title: name };
    const schedule = { frequency: 'minute', interval: 30, startTime };
    const definition = orders('prod', { name, schema, schedule, dataset: { name }, ...change });
    // oxlint-disable-next-line no-await-in-loop
    await writeFile(join(folder, `${name}.json`), JSON.stringify(definition));
  }
}

it.skipIf(!hasJq)('the lines for the Temporal CLI plan a folder and apply it', async () => {
  const [plan, apply] = reader.blocks('By the Temporal CLI', 'sh');
  await folderHas({ orders: {}, returns: {} });
  const planned = await reader.bash(plan!);
  expect(planned).toMatchObject({ code: 0, stderr: '' });
  expect(planned.stdout).toContain('"different": 2');
  expect(planned.stdout).toContain('"dataflow": "prod/orders"');
  const applied = await reader.bash(apply!);
  expect(applied).toMatchObject({ code: 0, stderr: '' });
  expect(applied.stdout).toContain('"created": 2');
});

it.skipIf(!hasJq)(
  'the lines for CI carry out the plans that were looked at, and fail where they cannot',
  async () => {
    const [plan, apply] = reader.blocks('From CI', 'sh');
    const env = { BUILD: '1' };
    await folderHas({ orders: { description: 'By CI' }, returns: {}, wrong: { schedule: {} } });
    expect((await reader.bash(plan!, env)).code).toBe(1);
    await folderHas({ orders: { description: 'By CI' }, returns: {}, third: {} });
    expect(await reader.bash(plan!, env)).toMatchObject({ code: 0, stderr: '' });
    expect(await reader.bash(apply!)).toMatchObject({ code: 0, stderr: '' });
    const { stdout } = await reader.bash('jq -c .result.totals applied.json');
    expect(JSON.parse(stdout)).toMatchObject({ created: 1, updated: 1, unchanged: 1, failed: 0 });
    // The digests are of plans that were carried out.
    await folderHas({ orders: { description: 'By hand' }, returns: {}, third: {} });
    expect((await reader.bash(apply!)).code).toBe(1);
  },
);

it.skipIf(!hasJq)(
  'the Schedule plans the folder, and what differs in a masked field is shown as masked',
  async () => {
    const [schedule, result] = reader.blocks('Drift, on a Temporal Schedule', 'sh');
    await folderHas({
      orders: { description: 'Theirs' },
      returns: { options: { partialIngestionPercent: 7 } },
    });
    expect(await reader.bash(schedule!)).toMatchObject({ code: 0, stderr: '' });
    const printed = await waitFor('the planned drift', async () => {
      const told = await reader.bash(result!);
      return told.code === 0 && told.stdout;
    });
    const [totals, different] = JSON.parse(`[${printed.replace('}\n[', '},[')}]`) as [object, object[]];
    expect(totals).toMatchObject({ dataflows: 2, empty: 1, different: 1, failed: 0 });
    expect(different).toMatchObject([{ name: 'returns', counts: { update: 1 } }]);
    expect((totals as { masked: number }).masked).toBeGreaterThan(0);
  },
);

it('the TypeScript plans and applies the folder', async () => {
  const [script] = reader.blocks('From TypeScript', 'ts');
  await folderHas({ orders: { description: 'By TypeScript' }, returns: {} });
  const { code, stdout, stderr } = await reader.script('apply.ts', script!);
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  expect(stdout).toContain('description: ');
  expect(stdout).toContain('orders updated');
});
