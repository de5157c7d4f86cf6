import { afterAll, beforeAll, expect, it } from 'vitest';
import { planAsText } from '../../src/client.ts';
import { failureOf, orders, places, requestsIn } from '../support/dataflows.ts';
import { everythingKept } from '../support/kept.ts';
import { startRig, type Rig } from '../support/rig.ts';

const { sandboxes, next } = places(3);
let rig: Rig;

beforeAll(async () => {
  rig = await startRig({ emulator: { sandboxes } });
  await rig.startWorker();
});
afterAll(() => rig.close());

const previews = (sandbox: string) =>
  requestsIn(rig, sandbox, { path: '/conversion/mappingSets/preview' }).length;

it('a plan shows what the first rows would become where that is asked for, and the rows themselves are in no history', async () => {
  const sandbox = next();
  await (await rig.client.start(orders(sandbox))).result();
  const mapping = [
    { source: 'TestID', destination: '_id' },
    { expression: 'concat("Dr. ", substr(Name, 0, 4))', destination: 'person.name.fullName' },
    { expression: 'date(Name, "dd/MM/yyyy")', destination: 'person.birthDate' },
  ];
  const definition = orders(sandbox, { mapping });
  const plain = await rig.client.plan(definition);
  expect(plain).not.toHaveProperty('rows');
  expect(previews(sandbox)).toBe(0);

  const plan = await rig.client.plan(definition, { sampleRows: 2 });
  expect(plan.digest).toBe(plain.digest);
  expect(plan.rows).toEqual([
    { fields: { _id: 'T-1001', 'person.name.fullName': 'Dr. Mila' } },
    { fields: { _id: 'T-1002', 'person.name.fullName': 'Dr. Jona' } },
  ]);
  expect(plan.warnings).toEqual([
    ...plain.warnings,
    ...['Mila Novak', 'Jonas Berg'].map((name, index) => ({
      code: 'row-not-mapped',
      field: 'mapping[2]',
      message: `Row ${index + 1} of the first rows cannot be mapped to person.birthDate, says AEP: "${name}" is no date of the form dd/MM/yyyy`,
    })),
  ]);
  expect(planAsText(plan)).toContain(`
The first rows, as they would become:
  Row 1:
      _id = "T-1001"
      person.name.fullName = "Dr. Mila"
  Row 2:
`);
  // Of a column that is not mapped.
  expect((await everythingKept(rig, 2)).filter((text) => text.includes('2024-01-08T09'))).toEqual([]);

  // An AEP that is away keeps nobody from the plan.
  rig.emulator.control.addFault({
    method: 'POST',
    path: '/conversion/mappingSets/preview',
    kind: '503',
    sandbox,
    times: 1,
  });
  const away = await rig.client.plan(definition, { sampleRows: 1 });
  expect(away).not.toHaveProperty('rows');
  expect(away.warnings.at(-1)).toMatchObject({
    code: 'rows-not-shown',
    message: expect.stringContaining('503') as string,
  });
});

it('rows of a dataflow whose schema is to be made cannot be shown, which is told', async () => {
  const sandbox = next();
  const plan = await rig.client.plan(orders(sandbox), { sampleRows: 5 });
  expect(plan.problems).toEqual([]);
  expect(plan.warnings.at(-1)).toMatchObject({ code: 'rows-not-shown' });
  expect(previews(sandbox)).toBe(0);
});

it('more than five rows, and a definition that is wrong inside, are refused with the field', async () => {
  const sandbox = next();
  const planning = (input: object) =>
    rig.temporal.client.workflow.start('planDataflow', {
      workflowId: `plan:${sandbox}:${crypto.randomUUID()}`,
      taskQueue: 'aep-dataflows',
      args: [input],
    });
  const many = await failureOf(await planning({ definition: orders(sandbox), sampleRows: 6 }));
  expect(many).toMatchObject({
    type: 'InvalidDefinition',
    message: expect.stringContaining('sampleRows') as string,
  });
  const wrong = await failureOf(await planning({ definition: orders(sandbox, { nmae: 1 }), sampleRows: 1 }));
  expect(wrong).toMatchObject({
    type: 'InvalidDefinition',
    message: expect.stringContaining('nmae') as string,
  });
});
