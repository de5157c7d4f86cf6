import type { Family } from '../families/family.ts';
import { files as fileFamily } from '../families/files.ts';
import { tables as tableFamily } from '../families/tables.ts';

/** Where Adobe's catalogue lists it. */
export type Category =
  | 'advertising'
  | 'cloud-storage'
  | 'crm'
  | 'customer-success'
  | 'database'
  | 'ecommerce'
  | 'marketing-automation'
  | 'payments'
  | 'protocols';

export interface Connector {
  /** As Adobe writes it. */
  title: string;
  /** Connection spec id. */
  id: string;
  category: Category;
  /** Whether it reads tables or files, and all that follows from that. */
  family: Family;
  /** How AEP reads values of the delta column. */
  dateFormat: string;
  /** False where AEP refuses a base connection (CONNECTOR-1332-400). */
  baseConnection: boolean;
  /** Adobe advises to load it once only. */
  adviseOnce?: true;
  /** Whether AEP can filter its rows at the source. */
  filters?: true;
  /** Whether AEP can read its changes instead of its rows. `announced`: Adobe's pages do not show how it is asked for. */
  changes?: 'documented' | 'announced';
  /** What AEP calls its connection spec, where Adobe shows that. */
  aepName?: string;
  retired?: Retired;
}

/** A connector that Adobe has given up, or lists no more. */
export interface Retired {
  state: 'deprecated' | 'not listed';
  /** Month of the deprecation, or of the list that lacks it: `2026-01`. */
  since: string;
  /** What Adobe says besides. */
  note?: string;
}

const usualDateFormat = 'yyyy-MM-dd HH:mm:ss';
const zonedDateFormat = 'yyyy-MM-ddTHH:mm:ssZ';

type More = Partial<Omit<Connector, 'title' | 'id' | 'category' | 'family'>>;

const table = (title: string, id: string, category: Category, more: More = {}): Connector => ({
  title,
  id,
  category,
  family: tableFamily,
  dateFormat: usualDateFormat,
  baseConnection: true,
  ...more,
});

const files = (title: string, id: string, more: More = {}): Connector => ({
  title,
  id,
  category: 'cloud-storage',
  family: fileFamily,
  dateFormat: usualDateFormat,
  baseConnection: true,
  ...more,
});

/** What the list of sources of Adobe's documentation lacked in May 2026. */
const notListed: Retired = { state: 'not listed', since: '2026-05' };

/** Every connector that a definition can name. */
export const connectors = {
  'amazon-redshift': table('Amazon Redshift', '3416976c-a9ca-4bba-901a-1f08f66978ff', 'database', {
    filters: true,
  }),
  'apache-cassandra': table('Apache Cassandra', 'a8f4d393-1a6b-43f3-931f-91a16ed857f4', 'database', {
    aepName: 'cassandra',
    retired: notListed,
  }),
  'apache-hive': table(
    'Apache Hive on Azure HDInsights',
    'aac9bbd4-6c01-46ce-b47e-51c6f0f6db3f',
    'database',
    { aepName: 'hive' },
  ),
  'apache-spark': table(
    'Apache Spark on Azure HDInsights',
    '6a8d82bc-1caf-45d1-908d-cadabc9d63a6',
    'database',
    { aepName: 'spark' },
  ),
  'azure-data-explorer': table('Azure Data Explorer', '0479cc14-7651-4354-b233-7480606c2ac3', 'database'),
  'azure-databricks': table('Azure Databricks', 'e9d7ec6b-0873-4e57-ad21-b3a7c65e310b', 'database', {
    changes: 'documented',
  }),
  'azure-synapse-analytics': table(
    'Azure Synapse Analytics',
    'a49bcc7d-8038-43af-b1e4-5a7a089a7d79',
    'database',
  ),
  'azure-table-storage': table('Azure Table Storage', 'ecde33f2-c56f-46cc-bdea-ad151c16cd69', 'database', {
    dateFormat: zonedDateFormat,
  }),
  couchbase: table('Couchbase', '1fe283f6-9bec-11ea-bb37-0242ac130002', 'database', { retired: notListed }),
  'google-bigquery': table('Google BigQuery', '3c9b37f8-13a6-43d8-bad3-b863b941fedd', 'database', {
    aepName: 'google-big-query',
    filters: true,
    changes: 'documented',
  }),
  greenplum: table('Greenplum', '37b6bf40-d318-4655-90be-5cd6f65d334b', 'database'),
  'hp-vertica': table('HP Vertica', 'a8b6a1a4-5735-42b4-952c-85dce0ac38b5', 'database', {
    aepName: 'vertica',
  }),
  'ibm-db2': table('IBM DB2', '09182899-b429-40c9-a15a-bf3ddbc8ced7', 'database', { aepName: 'db2' }),
  mariadb: table('MariaDB', '3000eb99-cd47-43f3-827c-43caf170f015', 'database', { aepName: 'maria-db' }),
  'microsoft-sql-server': table('Microsoft SQL Server', '1f372ff9-38a4-4492-96f5-b9a4e4bd00ec', 'database', {
    aepName: 'sql-server',
  }),
  mysql: table('MySQL', '26d738e0-8963-47ea-aadf-c60de735468a', 'database'),
  oracle: table('Oracle', 'd6b52d86-f0f8-475f-89d4-ce54c8527328', 'database'),
  phoenix: table('Phoenix', '102706fb-a5cd-42ee-afe0-bc42f017ff43', 'database', { retired: notListed }),
  postgresql: table('PostgreSQL', '74a1c565-4e59-48d7-9d67-7c03b8a13137', 'database', {
    aepName: 'postgre-sql',
  }),
  snowflake: table('Snowflake', 'b2e08744-4f1a-40ce-af30-7abac3e23cf3', 'database', {
    filters: true,
    changes: 'documented',
  }),
  'teradata-vantage': table('Teradata Vantage', '2fa8af9c-2d1a-43ea-a253-f00a00c74412', 'database'),
  'oracle-service-cloud': table(
    'Oracle Service Cloud',
    'ba5126ec-c9ac-11eb-b8bc-0242ac130003',
    'customer-success',
    { retired: { state: 'deprecated', since: '2025-05', note: 'Adobe points to the Data Landing Zone' } },
  ),
  'salesforce-service-cloud': table(
    'Salesforce Service Cloud',
    'cb66ab34-8619-49cb-96d1-39b37ede86ea',
    'customer-success',
  ),
  servicenow: table('ServiceNow', 'eb13cb25-47ab-407f-ba89-c0125281c563', 'customer-success', {
    aepName: 'service-now',
  }),
  'generic-odata': table('Generic OData', '8e6b41a8-d998-4545-ad7d-c6a9fff406c3', 'protocols', {
    aepName: 'odata',
  }),
  'microsoft-dynamics': table('Microsoft Dynamics', '38ad80fe-8b06-4938-94f4-d4ee80266b07', 'crm', {
    aepName: 'dynamics-online',
    dateFormat: zonedDateFormat,
    filters: true,
    changes: 'announced',
  }),
  salesforce: table('Salesforce', 'cfc0fee1-7dc0-40ef-b73e-d8b134c436f5', 'crm', {
    filters: true,
    changes: 'announced',
  }),
  'veeva-crm': table('Veeva CRM', 'fcad62f3-09b0-41d3-be11-449d5a621b69', 'crm'),
  'zoho-crm': table('Zoho CRM', '929e4450-0237-4ed2-9404-b7e1e0a00309', 'crm', { retired: notListed }),
  shopify: table('Shopify', '4f63aa36-bd48-4e33-bb83-49fbcd11c708', 'ecommerce'),
  paypal: table('PayPal', '221c7626-58f6-4eec-8ee2-042b0226f03b', 'payments', { retired: notListed }),
  square: table('Square', '2acf109f-9b66-4d5e-bc18-ebb2adcff8d5', 'payments'),
  hubspot: table('HubSpot', 'cc6a4487-9e91-433e-a3a3-9cf6626c1806', 'marketing-automation'),
  'oracle-eloqua': table('Oracle Eloqua', '35d6c4d8-c9a9-11eb-b8bc-0242ac130003', 'marketing-automation', {
    retired: {
      state: 'deprecated',
      since: '2026-01',
      note: "its connections stopped working, and Oracle Eloqua (V2) replaces it, in AEP's UI only",
    },
  }),
  'oracle-responsys': table(
    'Oracle Responsys',
    'ff4274f2-c9a9-11eb-b8bc-0242ac130003',
    'marketing-automation',
    { retired: notListed },
  ),
  'salesforce-marketing-cloud': table(
    'Salesforce Marketing Cloud',
    'ea1c2a08-b722-11eb-8529-0242ac130003',
    'marketing-automation',
    {
      retired: {
        state: 'deprecated',
        since: '2026-01',
        note: "Salesforce Marketing Cloud (V2) replaces it, in AEP's UI only",
      },
    },
  ),
  'google-ads': table('Google Ads', 'd771e9c1-4f26-40dc-8617-ce58c4b53702', 'advertising', {
    aepName: 'google-adwords',
  }),
  'amazon-s3': files('Amazon S3', 'ecadc60c-7455-4d87-84dc-2a0e293d997b', { changes: 'documented' }),
  'apache-hdfs': files('Apache HDFS', '54e221aa-d342-4707-bcff-7a4bceef0001', { aepName: 'hdfs' }),
  'azure-blob': files('Azure Blob', '4c10e202-c428-4796-9208-5f1f5732b1cf', { changes: 'documented' }),
  'azure-data-lake-storage-gen2': files(
    'Azure Data Lake Storage Gen2',
    'b3ba5556-48be-44b7-8b85-ff2b69b46dc4',
    { aepName: 'adls-gen2' },
  ),
  'azure-file-storage': files('Azure File Storage', 'be5ec48c-5b78-49d5-b8fa-7c89ec4569b8'),
  'data-landing-zone': files('Data Landing Zone', '26f526f2-58f4-4712-961d-e41bf1ccc0e8', {
    baseConnection: false,
    changes: 'documented',
  }),
  ftp: files('FTP', 'fb2e94c9-c031-467d-8103-6bd6e0a432f2', { adviseOnce: true }),
  'google-cloud-storage': files('Google Cloud Storage', '32e8f412-cdf7-464c-9885-78184cb113fd', {
    aepName: 'google-cloud',
    changes: 'documented',
  }),
  'oracle-object-storage': files('Oracle Object Storage', 'c85f9425-fb21-426c-ad0b-405e9bd8a46c'),
  sftp: files('SFTP', 'b7bf2577-4520-42c9-bae9-cad01560f7bc', { changes: 'documented' }),
} satisfies Record<string, Connector>;

export type ConnectorName = keyof typeof connectors;

export function isConnectorName(name: string): name is ConnectorName {
  return Object.hasOwn(connectors, name);
}

export const connectorNames = Object.keys(connectors).filter(isConnectorName);

interface Refused {
  title: string;
  id: string;
  why: 'a streaming source' | 'a REST source' | 'an Adobe application';
}

/** Known to AEP but not taken: known by name, so that the refusal can say why. */
export const refusedConnectors: Record<string, Refused> = {
  'amazon-kinesis': {
    title: 'Amazon Kinesis',
    id: '86043421-563b-46ec-8e6c-e23184711bf6',
    why: 'a streaming source',
  },
  'azure-event-hubs': {
    title: 'Azure Event Hubs',
    id: 'bf9f5905-92b7-48bf-bf20-455bc6b60a4e',
    why: 'a streaming source',
  },
  capillary: {
    title: 'Capillary Streaming Events',
    id: '6360f136-5980-4111-8bdf-15d29eab3b5a',
    why: 'a REST source',
  },
  chatlio: { title: 'Chatlio', id: '073127a3-26e3-496c-9d94-9f48fb93fba8', why: 'a streaming source' },
  'customer-io': {
    title: 'Customer.io',
    id: '96479064-7b8a-4d69-b9ed-21c5683837ea',
    why: 'a streaming source',
  },
  'generic-rest-api': {
    title: 'Generic REST API',
    id: '4e98f16f-87d6-4ef0-bdc6-7a2b0fe76e62',
    why: 'a REST source',
  },
  'google-pubsub': {
    title: 'Google PubSub',
    id: '70116022-a743-464a-bbfe-e226a7f8210c',
    why: 'a streaming source',
  },
  'http-api': { title: 'HTTP API', id: 'bc7b00d6-623a-4dfc-9fdb-f1240aeadaeb', why: 'a streaming source' },
  lava: { title: 'LAVA', id: '232dfabe-27aa-41c0-a7cf-9961661dc68b', why: 'a streaming source' },
  'mailchimp-campaigns': {
    title: 'Mailchimp Campaigns',
    id: 'c8ce8c8c-37fb-4162-9fbf-c2f181e04a7a',
    why: 'a REST source',
  },
  'mailchimp-members': {
    title: 'Mailchimp Members',
    id: '2e8580db-6489-4726-96de-e33f5f60295f',
    why: 'a REST source',
  },
  'marketo-engage': {
    title: 'Marketo Engage',
    id: '2d31dfd1-df1a-456b-948f-226e040ba102',
    why: 'an Adobe application',
  },
  mixpanel: { title: 'Mixpanel', id: 'fd2c8ff3-1de0-4f6b-8fa8-4264784870eb', why: 'a REST source' },
  'onetrust-integration': {
    title: 'OneTrust Integration',
    id: 'cf16d886-c627-4872-9936-fb08d6cba8cc',
    why: 'a REST source',
  },
  'oracle-netsuite': {
    title: 'Oracle NetSuite',
    id: 'fdf850b4-5a8d-4a5a-9ce8-4caef9abb2a8',
    why: 'a REST source',
  },
  pendo: { title: 'Pendo', id: '6ff5654f-19d5-427d-bd3e-c0ebc802389a', why: 'a streaming source' },
  'pinterest-ads': {
    title: 'Pinterest Ads',
    id: 'f82aae23-91e7-4884-b25f-2d2159d841fd',
    why: 'a REST source',
  },
  'sap-commerce': { title: 'SAP Commerce', id: 'd8ee38de-7ae9-4058-9610-c79ce75f8e92', why: 'a REST source' },
  'shopify-streaming': {
    title: 'Shopify streaming',
    id: 'e77fd9d2-22a8-11ed-861d-0242ac120002',
    why: 'a streaming source',
  },
  'snowflake-streaming': {
    title: 'Snowflake streaming',
    id: '51ae16c2-bdad-42fd-9fce-8d5dfddaf140',
    why: 'a streaming source',
  },
  stripe: { title: 'Stripe', id: 'cc2c31d6-7b8c-4581-b49f-5c8698aa3ab3', why: 'a REST source' },
  sugarcrm: {
    title: 'SugarCRM Accounts & Contacts',
    id: '59a4b493-a615-40f9-bd38-f823d0909a2b',
    why: 'a REST source',
  },
  zendesk: { title: 'Zendesk', id: '0a27232b-2c6e-4396-b8c6-c9fc24e37ba4', why: 'a REST source' },
};

/** Why one of them is refused. */
export function whyRefused({ title, why }: Refused): string {
  return `${title} is ${why}: only tables and files can be loaded so far`;
}

/** The connection spec of every data lake target and of every dataset base connection (CONNECTOR-1307-400 allows no other). */
export const dataLakeSpecId = 'c604ff05-7f1a-43c0-8e18-33bf874cb11c';

/** The name of the connector with this connection spec id, where the table has one. */
export function connectorNameOf(specId: string): ConnectorName | undefined {
  return connectorNames.find((name) => connectors[name].id === specId);
}

/** How a definition names the connector of a connection spec. */
export function sourceOf(specId: string): { connector: ConnectorName } | { connectionSpec: { id: string } } {
  const connector = connectorNameOf(specId);
  return connector === undefined ? { connectionSpec: { id: specId } } : { connector };
}

/** The connector that AEP calls so, where the table has one. */
export function connectorCalled(aepName: string): ConnectorName | undefined {
  const all: Record<ConnectorName, Connector> = connectors;
  return connectorNames.find((name) => all[name].aepName === aepName);
}

/** The name of the connector with this connection spec id, also of one that is not taken; else the spec itself. */
export function tellSpec(specId: string): string {
  const refused = Object.entries(refusedConnectors).find(([, { id }]) => id === specId);
  return connectorNameOf(specId) ?? refused?.[0] ?? `the connection spec ${specId}, which has no name here`;
}
