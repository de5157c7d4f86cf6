import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { connectors, type ConnectorName } from '../../src/definition/connectors.ts';
import { parseDefinition } from '../../src/definition/parse.ts';
import type { Column } from '../../src/families/columns.ts';
import { readColumns } from '../../src/explore/columns.ts';
import { deltaCandidates } from '../../src/explore/delta-candidates.ts';
import { standardFields } from '../../src/explore/standard-fields.ts';
import { suggestion, type Asked } from '../../src/explore/suggest.ts';
import { lastName, wordsOf } from '../../src/explore/words.ts';
import { standardResources } from '../../emulator/data/xdm.ts';

const text = (...names: string[]): Column[] => names.map((name) => ({ name, type: 'string' }));
const moment = (...names: string[]): Column[] =>
  names.map((name) => ({ name, type: 'string', format: 'date-time' }));

function suggested(path: string, columns: Column[], more: Partial<Asked> = {}) {
  const asked: Asked = {
    sandbox: 'prod',
    source: { connector: 'mysql' },
    connection: '6990abad-977d-41b9-a85d-17ea8cf1c0e4',
    kind: 'table',
    path,
    found: { columns },
    ...more,
  };
  const { definition, ...rest } = suggestion(asked)!;
  const parsed = parseDefinition(definition).definition;
  const goes = Object.fromEntries(parsed.mapping.map(({ source, destination }) => [source!, destination]));
  return { definition: parsed, goes, ...rest };
}

describe('names are split into words', () => {
  it.each([
    ['first_name', 'first name'],
    ['FirstName', 'first name'],
    ['CUST_FirstName__c', 'cust first name c'],
    ['HTTPServerURL', 'http server url'],
    ['address1', 'address1'],
    ['Order ID', 'order id'],
  ])('%s', (name, words) => expect(wordsOf(name).join(' ')).toBe(words));

  it.each([
    ['shop.dbo.Orders', 'Orders'],
    ['test1.Mytable', 'Mytable'],
    ['/exports/orders.csv.gz', 'orders'],
    ['/exports/2026/', '2026'],
    ['Account', 'Account'],
  ])('of %s the last part is the name', (path, name) => expect(lastName(path)).toBe(name));
});

describe('delta candidates', () => {
  it('are times, the likeliest first, each with the reason', () => {
    const columns = [...moment('birthday', 'created_at', 'LastModifiedDate'), ...text('updated_at', 'name')];
    const candidates = deltaCandidates(columns);
    expect(candidates.map(({ name }) => name)).toEqual([
      'LastModifiedDate',
      'created_at',
      'birthday',
      'updated_at',
    ]);
    expect(candidates[1]!.why).toContain('rows that change later are not loaded again');
  });

  it('are none where no column is a time', () => {
    expect(deltaCandidates([...text('a'), { name: 'version', type: 'integer' }])).toEqual([]);
  });
});

describe('a suggestion', () => {
  const customers = [
    ...text(
      'customer_id',
      'first_name',
      'LAST_NAME',
      'email',
      'mobile',
      'phone',
      'street',
      'zip',
      'city',
      'country_code',
    ),
    ...text('billing_street', 'billing_city', 'work_email', 'loyalty_tier'),
    ...moment('date_of_birth', 'created_at', 'updated_at'),
  ];

  it('of a table of people maps columns by their names to the fields of Adobe, and says why', () => {
    const { definition, goes, reasons, unmapped } = suggested('shop.customers', customers);
    expect(goes).toEqual({
      customer_id: '_id',
      first_name: 'person.name.firstName',
      LAST_NAME: 'person.name.lastName',
      email: 'personalEmail.address',
      mobile: 'mobilePhone.number',
      phone: 'homePhone.number',
      street: 'homeAddress.street1',
      zip: 'homeAddress.postalCode',
      city: 'homeAddress.city',
      country_code: 'homeAddress.countryCode',
      billing_street: 'billingAddress.street1',
      billing_city: 'billingAddress.city',
      work_email: 'workEmail.address',
      date_of_birth: 'person.birthDate',
      created_at: '_repo.createDate',
      updated_at: '_repo.modifyDate',
    });
    expect(unmapped).toEqual(['loyalty_tier']);
    expect(definition).toMatchObject({
      name: 'customers-from-mysql',
      schema: { class: 'https://ns.adobe.com/xdm/context/profile' },
      deltaColumn: { name: 'updated_at' },
      schedule: { frequency: 'day', interval: 1, backfill: true },
    });
    expect(definition.schema!.fieldGroups).toHaveLength(3);
    expect(reasons.find(({ field }) => field === 'mapping[1]')!.reason).toBe(
      'By its name it is person.name.firstName of Demographic Details',
    );
    const fields = new Set(reasons.map(({ field }) => field));
    for (const index of definition.mapping.keys()) expect(fields).toContain(`mapping[${index}]`);
    expect([...fields]).toEqual(expect.arrayContaining(['schema.class', 'deltaColumn', 'schedule']));
  });

  it('names whose names they are without saying it twice', () => {
    const { goes } = suggested(
      'contacts',
      text('id', 'contact_first_name', 'ContactEmail', 'Custom_City__c'),
    );
    expect(goes).toMatchObject({
      contact_first_name: 'person.name.firstName',
      ContactEmail: 'personalEmail.address',
    });
  });

  it('gives a field to the column that says it best, and no field twice', () => {
    const { goes, unmapped } = suggested('people', text('id', 'mail', 'email', 'customer_email'));
    expect(goes['email']).toBe('personalEmail.address');
    expect(unmapped).toEqual(['mail', 'customer_email']);
  });

  it('of a table of things that happened is of ExperienceEvent, with their time', () => {
    const { definition, goes, reasons } = suggested('orders', [
      ...text('order_id', 'customer_id'),
      ...moment('order_date', 'updated_at'),
    ]);
    expect(definition.schema).toEqual({ class: 'https://ns.adobe.com/xdm/context/experienceevent' });
    expect(goes).toEqual({ order_id: '_id', order_date: 'timestamp' });
    expect(reasons.find(({ field }) => field === 'schema.class')!.reason).toContain('order_date');
  });

  it('of such a table without a time is of a record, and says why', () => {
    const { definition, reasons } = suggested('orders', text('order_id'));
    expect(definition.schema!.class).toBe('https://ns.adobe.com/xdm/context/profile');
    expect(definition.schedule).toEqual({ frequency: 'once' });
    expect(reasons.find(({ field }) => field === 'schema.class')!.reason).toContain('no column says when');
  });

  it.each([
    [['name', 'CustomerID', 'id'], 'customers', 'id'],
    [['code', 'customer_number'], 'customers', 'customer_number'],
    [['code', 'tenant_id'], 'customers', 'tenant_id'],
    [['code', 'userid'], 'things', 'userid'],
    [['code', 'other'], 'things', 'code'],
  ])('of the columns %j of %s has %s as its id', (names, table, id) => {
    expect(suggested(table, text(...names)).goes[id]).toBe('_id');
  });

  it('maps nothing to a field that its type cannot become', () => {
    const columns: Column[] = [
      ...text('id'),
      { name: 'dob', type: 'boolean' },
      { name: 'created', type: 'integer' },
    ];
    expect(suggested('people', columns).goes).toEqual({ id: '_id' });
  });

  it('of files says what they hold and how they are written', () => {
    const found = {
      columns: text('id', 'email'),
      file: { format: 'delimited', properties: { columnDelimiter: ';' } },
    };
    const { definition } = suggested('/exports/people', [], {
      kind: 'folder',
      found,
      source: { connector: 'amazon-s3' },
    });
    expect(definition).toMatchObject({
      name: 'people-from-amazon-s3',
      source: {
        format: 'delimited',
        path: '/exports/people',
        params: { type: 'folder', recursive: true },
        data: { properties: { columnDelimiter: ';' } },
      },
      schedule: { frequency: 'day' },
    });
    expect(definition.source.columns).toBeUndefined();
  });

  it('of a table of very many columns leaves them to be read when it is planned', () => {
    const columns = text(...Array.from({ length: 5000 }, (_, index) => `a_column_of_a_wide_table_${index}`));
    const { definition, reasons, unmapped } = suggested('wide', columns);
    expect(definition.source.columns).toBeUndefined();
    expect(reasons.map(({ field }) => field)).toContain('source.columns');
    expect(unmapped.length).toBeGreaterThan(100);
    expect(JSON.stringify({ definition, reasons, unmapped }).length).toBeLessThan(300_000);
  });

  it('of a thousand columns takes no time worth speaking of', () => {
    const columns = text(...Array.from({ length: 1000 }, (_, index) => `customer_first_name_${index}`));
    const before = performance.now();
    suggested('wide', columns);
    expect(performance.now() - before).toBeLessThan(300);
  });

  const names = Object.values(standardFields).flatMap((fields) => fields.flatMap((field) => field.names));
  const column = fc.record(
    {
      name: fc.oneof(fc.constantFrom(...names, 'id', 'order_id', 'updated_at'), fc.string()),
      type: fc.constantFrom('string', 'integer', 'date-time', 'varchar', 'boolean', 'object'),
      xdm: fc.record({ type: fc.constantFrom('string', 'integer', 'object', 'array', 'boolean') }),
    },
    { requiredKeys: ['name', 'type'] },
  );
  const isFile = (name: ConnectorName) => connectors[name].family.name === 'files';
  const connectorNames = (Object.keys(connectors) as ConnectorName[]).filter(
    (name) => connectors[name].baseConnection,
  );

  it('of whatever columns of whatever connector is a right definition, and the same each time', () => {
    fc.assert(
      fc.property(
        fc.array(column, { minLength: 1, maxLength: 30 }),
        fc.constantFrom(...connectorNames),
        fc.stringMatching(/^[ -~]{1,40}$/),
        (answer, connector, path) => {
          const columns = readColumns(answer);
          const asked: Asked = {
            sandbox: 'prod',
            source: { connector },
            connection: 'id',
            kind: isFile(connector) ? 'file' : 'table',
            path,
            found: { columns, ...(isFile(connector) ? { file: { format: 'json' } } : {}) },
          };
          const one = suggestion(asked);
          fc.pre(one !== undefined);
          expect(suggestion(asked)).toEqual(one);
          const { definition } = parseDefinition(one.definition);
          const destinations = definition.mapping.map(({ destination }) => destination);
          expect(new Set(destinations).size).toBe(destinations.length);
          expect(destinations.filter((path) => path === '_id')).toHaveLength(1);
        },
      ),
    );
  });
});

it('every standard field is one that Adobe’s class or field group has', () => {
  const [profile, event] = ['profile', 'experienceevent'].map((name) =>
    standardResources.find(({ id }) => id === `https://ns.adobe.com/xdm/context/${name}`)!,
  );
  for (const [name, owner] of [
    ['profile', profile],
    ['event', event],
  ] as const)
    for (const { path, type, group } of standardFields[name]) {
      const fields = (group ? standardResources.find(({ id }) => id === group.id) : owner)!.fields;
      expect([path, fields.get(path)]).toEqual([path, type]);
    }
});
