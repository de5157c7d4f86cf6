import { chmod, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { connectors } from '../../src/definition/connectors.ts';
import { requestsIn } from '../support/dataflows.ts';
import { startReader, type Reader } from '../support/reader.ts';
import { quickToFollow, startRig, type Rig } from '../support/rig.ts';
import { waitFor } from '../support/wait-for.ts';

/** As a shop has them: 30 columns. */
const ofShop =
  'customer_id,first_name,last_name,email,phone,mobile_phone,birth_date,gender,street,city,postal_code,state,country,company,' +
  'job_title,language,newsletter,loyalty_level,loyalty_points,segment,source,referrer,store_id,last_order_id,last_order_total,' +
  'orders_count,currency,notes,created_at,updated_at';
const ofSalesforce = 'Id,FirstName,LastName,Email,MailingCity,CreatedDate,LastModifiedDate,SystemModstamp';

let folder: string;
let rig: Rig;
let reader: Reader;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'walk-through-'));
  const lake = join(folder, 'files', 'exports', 'customers');
  await mkdir(join(folder, 'tables'));
  await mkdir(lake, { recursive: true });
  const put = (file: string, ...lines: string[]) => writeFile(file, `${lines.join('\n')}\n`);
  const customer = (id: string) =>
    ofShop
      .split(',')
      .map((column) => {
        if (column === 'customer_id') return id;
        if (column === 'gender') return 'female';
        if (column === 'birth_date') return '1990-03-08';
        return column.endsWith('_at') ? '2026-01-08 10:00:00' : 'x';
      })
      .join(',');
  await put(join(folder, 'tables', 'shop.customers.csv'), ofShop, customer('C-1'), customer('C-2'));
  const wide = Array.from({ length: 1_000 }, (_, index) => `column_${index}`);
  await put(join(folder, 'tables', 'wide.csv'), wide.join(','), wide.map(() => '1').join(','));
  const contact =
    '003,Mila,Novak,m@example.com,Brno,2026-01-01T10:00:00Z,2026-01-08T10:00:00Z,2026-01-08T10:00:00Z';
  await put(join(folder, 'tables', 'Contact.csv'), ofSalesforce, contact);
  await put(join(lake, '2026-01-07.csv'), 'customer_id,first_name,email', 'C-1,Mila,m@example.com');
  await put(
    join(lake, '2026-01-08.csv'),
    'customer_id,first_name,email',
    'C-2,Jonas,j@example.com',
    'C-3,Aiko,a@example.com',
  );
  rig = await startRig({ emulator: { data: folder }, env: quickToFollow });
  await rig.startWorker();
  reader = await startReader(rig, 'docs/exploring.md');
  const extension = join(reader.folder, 'temporal-aep');
  const main = fileURLToPath(new URL('../../src/cli/main.ts', import.meta.url));
  await writeFile(extension, `#!/bin/sh\nexec "${process.execPath}" "${main}" "$@"\n`);
  await chmod(extension, 0o755);
});
afterAll(async () => {
  await rig.close();
  await reader.close();
  await rm(folder, { recursive: true });
});

it('a table of 1,000 columns is explored, and has a definition suggested, for three calls of AEP', async () => {
  // Where no watcher asks for anything.
  const sandbox = 'dev';
  const all = rig.emulator.control.resources('connections', sandbox);
  const ofMysql = all.find(
    ({ connectionSpec }) => (connectionSpec as { id: string }).id === connectors.mysql.id,
  );
  const input = { sandbox, connection: String(ofMysql!['id']), path: 'wide' };
  const before = requestsIn(rig, sandbox).length;
  expect(await rig.client.explore(input)).toMatchObject({ columns: { length: 1_000 } });
  const { definition, unmapped } = await rig.client.suggest(input);
  expect(definition).toMatchObject({ source: { columns: { length: 1_000 } } });
  expect(unmapped.length).toBeGreaterThan(900);
  const asked = requestsIn(rig, sandbox).slice(before);
  expect(asked.filter(({ path }) => path.endsWith('/explore'))).toHaveLength(2);
  expect(asked.length).toBeLessThanOrEqual(3);
});

/** What is the same whatever is loaded. */
const fixed = /^(?:temporal|aep|connection|ensure|suggest|create|\|)$/;

it.each([
  ['a table of MySQL with 30 columns', 0, 'customers-from-mysql', 2],
  ['an object of Salesforce', 1, 'contact-from-salesforce', 1],
  ['a folder of CSV files', 2, 'customers-from-amazon-s3', 3],
] as const)('the page comes from credentials to rows in three commands: %s', async (_, index, name, rows) => {
  const lines = reader.blocks('From credentials to rows', 'sh')[index]!;
  const own = lines
    .trim()
    .split(/\s+/)
    .filter((word) => !fixed.test(word));
  expect(own.length, own.join(' ')).toBeLessThanOrEqual(10);
  expect(lines.match(/\btemporal\b/g)).toHaveLength(3);

  const { code, stderr } = await reader.bash(`set -o pipefail\n${lines}`);
  expect({ code, stderr }).toMatchObject({ code: 0 });
  const watcher = await waitFor('the watcher to be listed', () =>
    rig.client.watcherOf({ sandbox: 'prod', name }).catch(() => undefined),
  );
  rig.emulator.control.advanceClock(10 * 60_000);
  const { lastRuns } = await waitFor('the first run to be judged', async () => {
    const health = await watcher.checkNow();
    return health.lastRuns.length > 0 && health;
  });
  expect(lastRuns[0]).toMatchObject({ verdict: 'ok', recordsRead: rows, recordsWritten: rows });
});

it('the page shows what the first rows would become', async () => {
  const suggest = 'temporal aep suggest prod/shop shop.customers > dataflow.json';
  const [sample] = reader.blocks('What the first rows would become', 'sh');
  const sampled = await reader.bash(`set -o pipefail\n${suggest}\n${sample}`);
  expect(sampled).toMatchObject({ stdout: expect.stringContaining('Row 2:') as string });
});
