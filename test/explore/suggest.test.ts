import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { connectors, type ConnectorName } from '../../src/definition/connectors.ts';
import { parseDefinition } from '../../src/definition/parse.ts';
import type { Column } from '../../src/families/columns.ts';
import { readColumns } from '../../src/explore/columns.ts';
import { deltaCandidates } from '../../src/explore/delta-candidates.ts';
import { standardFields } from '../../src/explore/standard-fields.ts';
import { suggestion, type Asked } from '../../src/explore/suggest.ts';
import { lastName, singular, wordsOf } from '../../src/explore/words.ts';
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
    ['_id', 'id'],
    ['größeÄnderung', 'größe änderung'],
    ['line2Text', 'line2 text'],
    ['B2B', 'b2 b'],
  ])('%s', (name, words) => expect(wordsOf(name).join(' ')).toBe(words));

  it('of a name in ASCII as of any other', () => {
    // What is no ASCII, and no letter, makes no other words of it.
    const ascii = fc.string({ unit: fc.constantFrom(...'aBc9dEF_ -.Gh1'.split('')) });
    fc.assert(
      fc.property(ascii, (name) => {
        expect(wordsOf(`${name}·`)).toEqual(wordsOf(name));
      }),
    );
  });

  it.each([
    ['shop.dbo.Orders', 'Orders'],
    ['test1.Mytable', 'Mytable'],
    ['/exports/orders.csv.gz', 'orders'],
    ['/exports/2026/', '2026'],
    ['Account', 'Account'],
    ['/', '/'],
    ['.', '.'],
    ['a..b.', 'b'],
    ['/.hidden', 'hidden'],
  ])('of %s the last part is the name', (path, name) => expect(lastName(path)).toBe(name));

  it.each([
    ['orders', 'order'],
    ['order', 'order'],
    ['addresses', 'address'],
    ['boxes', 'box'],
    ['matches', 'match'],
    ['dishes', 'dish'],
    ['companies', 'company'],
    ['keys', 'key'],
    ['class', 'class'],
    ['session', 'session'],
    ['status', 'status'],
    ['series2', 'series2'],
  ])('%s is %s in the singular', (word, one) => expect(singular(word)).toBe(one));
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

  it.each([
    ['updated_at', 'date-time', 'A time, and named as one that every change of a row sets'],
    ['SystemModstamp', 'date-time', 'A time, and named as one that every change of a row sets'],
    ['last_update', 'date-time', 'A time, and named as one that every change of a row sets'],
    [
      'modify_date',
      'date',
      'Named as the time of a change, but of type date: AEP must be able to read it as a time',
    ],
    [
      'updated',
      'string',
      'Named as the time of a change, but of type string: AEP must be able to read it as a time',
    ],
    [
      'inserted_on',
      'date-time',
      'A time, and named as that of a row’s creation: rows that change later are not loaded again',
    ],
    [
      'birthday',
      'date-time',
      'A time: whether it grows with every new or changed row, only the source knows',
    ],
    [
      'not_updated_at',
      'date-time',
      'A time: whether it grows with every new or changed row, only the source knows',
    ],
    [
      'updated_by_time',
      'date-time',
      'A time: whether it grows with every new or changed row, only the source knows',
    ],
    [
      'created_by_time',
      'date-time',
      'A time: whether it grows with every new or changed row, only the source knows',
    ],
    [
      'uncreated_at',
      'date-time',
      'A time: whether it grows with every new or changed row, only the source knows',
    ],
    ['my_system_modstamp', 'string', undefined],
    ['system_modstamps', 'string', undefined],
    ['updated_at', 'integer', undefined],
    ['created_at', 'string', undefined],
  ])('%s of type %s: %s', (name, type, why) => {
    const column = { name, ...(type === 'integer' ? { type } : { type: 'string', format: type }) };
    expect(deltaCandidates([column]).map((one) => one.why)).toEqual(why === undefined ? [] : [why]);
  });

  it('are found at once, whatever a source calls its columns', () => {
    const before = performance.now();
    for (const word of ['updated', 'created'])
      expect(deltaCandidates(text(`${word}${'datetime'.repeat(30)}_x`))).toEqual([]);
    expect(performance.now() - before).toBeLessThan(1_000);
    expect(deltaCandidates(moment('updated_datetime')).map(({ why }) => why)).toEqual([
      'A time, and named as one that every change of a row sets',
    ]);
  });

  it('stand in the order of the columns where they are as likely, and are ten at most', () => {
    const names = Array.from({ length: 12 }, (_, index) => `t${index}`);
    expect(deltaCandidates(moment(...names)).map(({ name }) => name)).toEqual(names.slice(0, 10));
    expect(deltaCandidates(moment('b_at', 'created', 'a_at', 'added')).map(({ name }) => name)).toEqual([
      'created',
      'added',
      'b_at',
      'a_at',
    ]);
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

  it('of a column that is of another type than its field, or that the field does not take as it is, says so', () => {
    const columns = [...text('id', 'birth_year', 'sex'), ...moment('dob')];
    const { reasons } = suggested('people', columns);
    expect(reasons.filter(({ field }) => field.startsWith('mapping')).map(({ reason }) => reason)).toEqual([
      'Named as the id of a row: AEP knows a record by its _id',
      'By its name it is person.birthYear of Demographic Details (string to integer)',
      'By its name it is person.gender of Demographic Details; the field takes male, female, not_specified and non_specific only: give an expression where the column says it otherwise',
      'By its name it is person.birthDate of Demographic Details (date-time to date)',
    ]);
  });

  it('of a field of the class itself says that it is the class’s', () => {
    const { reasons } = suggested('people', [...text('id'), ...moment('created_at')]);
    expect(reasons.find(({ field }) => field === 'mapping[1]')!.reason).toBe(
      'By its name it is _repo.createDate of the class',
    );
  });

  it('of a plain table gives all its reasons', () => {
    expect(suggested('people', text('id', 'email')).reasons).toEqual([
      { field: 'name', reason: 'Of the table and the connector' },
      { field: 'source.connector', reason: 'What the base connection is of' },
      {
        field: 'schema.class',
        reason:
          "XDM Individual Profile: nothing in the table's name says that its rows are things that happened",
      },
      {
        field: 'schema.fieldGroups[0]',
        reason: 'Personal Contact Details has fields for columns of the table',
      },
      { field: 'mapping[0]', reason: 'Named as the id of a row: AEP knows a record by its _id' },
      {
        field: 'mapping[1]',
        reason: 'By its name it is personalEmail.address of Personal Contact Details',
      },
      { field: 'schedule', reason: 'No column tells new rows from old ones: all of them are loaded, once' },
    ]);
  });

  it('of a table with several times says which others there are', () => {
    const scheduled = (...columns: Column[]) =>
      suggested('people', [...text('id'), ...columns])
        .reasons.filter(({ field }) => ['deltaColumn', 'schedule'].includes(field))
        .map(({ reason }) => reason);
    const daily = 'All rows at first, and every day those that are new by the delta column';
    expect(scheduled(...moment('updated_at'))).toEqual([
      'A time, and named as one that every change of a row sets',
      daily,
    ]);
    expect(scheduled(...moment('x', 'updated_at', 'y'))).toEqual([
      'A time, and named as one that every change of a row sets. Others could be x, y',
      daily,
    ]);
  });

  it('has the name that is asked for, and gives no reason for it', () => {
    const { definition, reasons } = suggested('people', text('id'), { name: 'mine' });
    expect(definition.name).toBe('mine');
    expect(reasons.map(({ field }) => field)).toEqual([
      'source.connector',
      'schema.class',
      'mapping[0]',
      'schedule',
    ]);
  });

  it('over a connection spec, or without a base connection, names what is loaded from', () => {
    const id = '11111111-2222-4333-8444-555555555555';
    const bySpec = suggested('people', text('id'), { source: { connectionSpec: { id } } });
    expect(bySpec.definition.name).toBe('people-from-source');
    expect(bySpec.reasons).toContainEqual({
      field: 'source.connectionSpec',
      reason: 'What the base connection is of',
    });
    const asked: Asked = {
      sandbox: 'prod',
      source: { connector: 'data-landing-zone' },
      kind: 'file',
      path: '/people.csv',
      found: { columns: text('id'), file: { format: 'delimited' } },
    };
    const { definition, reasons } = suggestion(asked)!;
    expect(definition['source']).toStrictEqual({
      connector: 'data-landing-zone',
      format: 'delimited',
      path: '/people.csv',
      params: { type: 'file' },
    });
    expect(reasons.map(({ field }) => field)).toEqual(['name', 'schema.class', 'mapping[0]', 'schedule']);
  });

  it('of files over FTP is loaded once, and of others every day', () => {
    const scheduled = (source: Asked['source']) => {
      const found = { columns: text('id'), file: { format: 'json' as const } };
      const { definition, reasons } = suggested('/people', [], { kind: 'folder', source, found });
      return [definition.schedule.frequency, reasons.at(-1)];
    };
    expect(scheduled({ connector: 'ftp' })).toEqual([
      'once',
      { field: 'schedule', reason: 'Adobe advises to load FTP once: later runs may miss what is new' },
    ]);
    expect(scheduled({ connector: 'sftp' })).toEqual([
      'day',
      { field: 'schedule', reason: 'Every day the files that are new or changed' },
    ]);
  });

  it('is none where no column could tell rows apart', () => {
    const asked = {
      sandbox: 'prod',
      source: { connector: 'mysql' as const },
      kind: 'table' as const,
      path: 'a',
    };
    expect(suggestion({ ...asked, found: {} })).toBeUndefined();
    expect(suggestion({ ...asked, found: { columns: text('email') } })!.definition['schema']).toStrictEqual({
      class: 'https://ns.adobe.com/xdm/context/profile',
    });
    expect(suggestion({ ...asked, found: { columns: [{ name: 'a', type: 'boolean' }] } })).toBeUndefined();
  });

  it('of a table of which AEP tells only some columns leaves all to be read', () => {
    const { definition } = suggested('people', [], { found: { columns: text('id'), more: 1 } });
    expect(definition.source.columns).toBeUndefined();
    const whole = suggested('order_people', text('id')).definition;
    expect([whole.name, whole.source.columns]).toEqual(['order-people-from-mysql', text('id')]);
  });

  it('names whose names they are without saying it twice', () => {
    const { goes, unmapped } = suggested(
      'employees',
      text('id', 'contact_first_name', 'EmployeeEmail', 'city__code', 'City__c', 'shop_zip', 'customer'),
    );
    expect(goes).toEqual({
      id: '_id',
      contact_first_name: 'person.name.firstName',
      EmployeeEmail: 'personalEmail.address',
      City__c: 'homeAddress.city',
    });
    expect(unmapped).toEqual(['city__code', 'shop_zip', 'customer']);
  });

  it('gives a field to the column that says it best, and no field twice', () => {
    const { goes, unmapped } = suggested('people', text('id', 'mail', 'email', 'customer_email'));
    expect(goes['email']).toBe('personalEmail.address');
    expect(unmapped).toEqual(['mail', 'customer_email']);
    const { goes: whole } = suggested('people', text('id', 'customer_email', 'personal_email'));
    expect(whole).toEqual({ id: '_id', personal_email: 'personalEmail.address' });
  });

  it('gives a column to one field, the one that its whole name says', () => {
    const { definition } = suggested('work', text('id', 'customer_fax', 'work_phone', 'city'));
    expect(definition.mapping).toEqual([
      { source: 'id', destination: '_id' },
      { source: 'customer_fax', destination: 'faxPhone.number' },
      { source: 'work_phone', destination: 'workPhone.number' },
      { source: 'city', destination: 'homeAddress.city' },
    ]);
  });

  it('of a folder says which file it goes by, and which are of another format', () => {
    const of = (odd: string[]) => {
      const found = { columns: text('id', 'email'), file: { format: 'delimited' as const } };
      const source = { connector: 'amazon-s3' } as const;
      const folder = { first: '/crm/a.csv', odd };
      return suggested('/crm', [], { kind: 'folder', source, found, folder }).reasons;
    };
    const ofFormat = (odd: string[]) => of(odd).find(({ field }) => field === 'source.format')!.reason;
    expect(ofFormat([])).toBe('Of /crm/a.csv, which stands for all files');
    expect(ofFormat(['/crm/b.json'])).toBe(
      'Of /crm/a.csv, which stands for all files. /crm/b.json is of another format: a wildcard in source.path leaves such files out',
    );
    expect(of([])[0]).toEqual({ field: 'name', reason: 'Of the folder and the connector' });
    expect(of([]).filter(({ reason }) => reason.includes('table'))).toEqual([]);
  });

  it('of visits takes the time of each from visited_at', () => {
    const { goes } = suggested('shop.visits', [...text('visit_id'), ...moment('visited_at', 'changed')]);
    expect(goes).toMatchObject({ visited_at: 'timestamp' });
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

  it.each(['page_views', 'PageView', 'ad_impressions', 'log'])(
    'of the table %s is one of events',
    (table) => {
      const { definition, reasons } = suggested(table, [...text('id', 'event_name'), ...moment('ts')]);
      expect(definition.schema!.class).toBe('https://ns.adobe.com/xdm/context/experienceevent');
      expect(reasons.find(({ field }) => field === 'schema.class')!.reason).toMatch(
        /^XDM ExperienceEvent: a table of (pageview|impression|log)s, and ts says when each of them was$/,
      );
    },
  );

  it('of such a table without a time is of a record, and says why', () => {
    const { definition, reasons } = suggested('orders', text('order_id'));
    expect(definition.schema!.class).toBe('https://ns.adobe.com/xdm/context/profile');
    expect(definition.schedule).toEqual({ frequency: 'once' });
    expect(reasons.find(({ field }) => field === 'schema.class')!.reason).toBe(
      'XDM Individual Profile: no column says when each order was, which XDM ExperienceEvent needs',
    );
  });

  it.each([
    [['name', 'CustomerID', 'id'], 'customers', 'id'],
    [['code', 'customer_number'], 'customers', 'customer_number'],
    [['code', 'tenant_id'], 'customers', 'tenant_id'],
    [['code', 'userid'], 'things', 'userid'],
    [['code', 'other'], 'things', 'code'],
    [['code', 'OrderNo'], 'shop.orders', 'OrderNo'],
    [['tenant_id', 'line_no', 'order_item_number'], 'order_items', 'order_item_number'],
    [['tenant_id', 'item_key'], 'order_items', 'item_key'],
    [['code', 'my_invoice_no'], 'things', 'my_invoice_no'],
    [['code', 'number', 'first_name'], 'things', 'code'],
    [['tenant_id', 'row_id'], 'things', 'row_id'],
    [['tenant_id', 'RecordID'], 'things', 'RecordID'],
    [['tenant_id', 'primary_key'], 'things', 'primary_key'],
    [['tenant_id', 'guid'], 'things', 'guid'],
    [['code', 'valid', 'my_person_guid'], 'things', 'my_person_guid'],
    [['code', 'valid', 'person_uuid'], 'things', 'person_uuid'],
    [['tenant_id', 'pk'], 'things', 'pk'],
  ])('of the columns %j of %s has %s as its id', (names, table, id) => {
    expect(suggested(table, text(...names)).goes[id]).toBe('_id');
  });

  it('says why a column is the id', () => {
    const why = (...names: string[]) =>
      suggested('things', text(...names)).reasons.find(({ field }) => field === 'mapping[0]')!.reason;
    const known = ': AEP knows a record by its _id';
    expect(why('uuid')).toBe(`Named as the id of a row${known}`);
    expect(why('code', 'thing_number')).toBe(`Named as the id of what the table holds${known}`);
    expect(why('code', 'tenant_id')).toBe(`The first column that is named as an id${known}`);
    expect(why('code', 'userid')).toBe(`The first column whose name ends as an id’s${known}`);
    expect(why('code', 'invoice_no')).toBe(`The first column that is named as a key or a number${known}`);
    expect(why('code')).toBe(
      `No name says which column tells the rows apart, and this is the first that could: give the right one, or an expression such as concat(a, "-", b)${known}`,
    );
  });

  it('has no id that is neither a text nor a number', () => {
    const columns = [{ name: 'id', type: 'boolean' }, ...moment('event_id'), { name: 'nr', type: 'number' }];
    expect(suggested('things', columns).goes).toMatchObject({ nr: '_id' });
    expect(suggested('things', [{ name: 'n', type: 'integer' }]).goes).toEqual({ n: '_id' });
  });

  it('gives the time of an event to the column that says it best', () => {
    const times = (...names: string[]) => suggested('clicks', [...text('id'), ...moment(...names)]).goes;
    expect(times('created_at', 'timestamp')).toMatchObject({ timestamp: 'timestamp' });
    expect(times('visit_time', 'event_time')).toMatchObject({ event_time: 'timestamp' });
  });

  it('maps nothing to a field that its type cannot become', () => {
    const columns: Column[] = [
      ...text('id'),
      { name: 'dob', type: 'boolean' },
      { name: 'created', type: 'integer' },
    ];
    expect(suggested('people', columns).goes).toEqual({ id: '_id' });
  });

  it.each<[string, Column, string]>([
    ['a number', { name: 'birth_year', type: 'integer' }, 'person.birthYear of Demographic Details'],
    [
      'a date',
      { name: 'created', type: 'string', format: 'date' },
      '_repo.createDate of the class (date to date-time)',
    ],
    ['a text', { name: 'created', type: 'string' }, '_repo.createDate of the class (string to date-time)'],
    ['what AEP says no type of', { name: 'created', type: 'x', xdm: {} }, '_repo.createDate of the class'],
  ])('maps %s to a field that it can become', (_, column, where) => {
    const { reasons } = suggested('people', [...text('id'), column]);
    expect(reasons.find(({ field }) => field === 'mapping[1]')!.reason).toBe(`By its name it is ${where}`);
  });

  it('of files says what they hold and how they are written', () => {
    const found = {
      columns: text('id', 'email'),
      file: { format: 'delimited' as const, properties: { columnDelimiter: ';' } },
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
    expect(reasons).toContainEqual({
      field: 'source.columns',
      reason:
        'Left out, as they are too many to be edited: all columns are read when the dataflow is planned',
    });
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
