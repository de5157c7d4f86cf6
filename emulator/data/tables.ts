/** What `explore` shows: the tables of the tutorials, and a plain one for every other connector. */

export type Column = {
  name: string;
  type: string;
  'meta:xdmType'?: string;
  xdm: { type: string; format?: string; minimum?: number; maximum?: number };
};

export type Table = { name: string; path: string; columns: Column[] };

const text = (name: string): Column => ({ name, type: 'string', xdm: { type: 'string' } });
const whole = (name: string): Column => ({
  name,
  type: 'integer',
  xdm: { type: 'integer', minimum: -2147483648, maximum: 2147483647 },
});
const moment = (name: string): Column => ({
  name,
  type: 'string',
  'meta:xdmType': 'date-time',
  xdm: { type: 'string', format: 'date-time' },
});

const mytable: Table = {
  name: 'test1.Mytable',
  path: 'test1.Mytable',
  columns: [text('TestID'), text('Name'), moment('Datefield')],
};
const campaign: Table = {
  name: 'acmeSpringCampaign',
  path: 'acmeSpringCampaign',
  columns: [
    ...mytable.columns,
    text('complaint_type'),
    text('complaint_description'),
    text('status'),
    moment('status_change_date'),
    text('city'),
    moment('Datefield2'),
  ],
};
const orders: Table = {
  name: 'Orders',
  path: 'Orders',
  columns: [
    whole('OrderID'),
    text('CustomerID'),
    whole('EmployeeID'),
    moment('OrderDate'),
    moment('ShippedDate'),
    moment('updatedAt'),
  ],
};
const account: Table = {
  name: 'Account',
  path: 'Account',
  columns: [
    text('Id'),
    text('Name'),
    text('Phone'),
    text('email'),
    moment('CreatedDate'),
    moment('updatedAt'),
  ],
};
// The label and the API name of an object may differ: `path` is what a source connection wants.
const accountClean: Table = {
  name: 'Account Clean Info',
  path: 'AccountCleanInfo',
  columns: [text('Id'), text('Name')],
};

/** Tables of a connector of this family. */
export function tablesOf(family: string): Table[] {
  if (family === 'protocols') return [orders];
  // The page on customer success explores the table of the databases page.
  if (family === 'customer-success' || family === 'crm') return [account, accountClean, mytable];
  if (family === 'database') return [mytable, campaign];
  return [orders, account];
}
