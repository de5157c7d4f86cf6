/**
 * The source connectors that AEP documents: one row each, facts only.
 * The last column lists the ways to sign in: `name: parameter optionalParameter? | name: …`.
 */

/** The fixed connection spec of the data lake: the only target of a source dataflow. */
export const dataLakeSpecId = 'c604ff05-7f1a-43c0-8e18-33bf874cb11c';

export type Connector = {
  specId: string;
  name: string;
  family: string;
  /** Name of the flow spec that flows from this source use. */
  flowSpec: string;
  /** Allowed `data.format` of a source connection. */
  formats: string[];
  auth: { specName: string; params: string[]; optional: string[] }[];
};

const rows: [string, string, string, string, string, string][] = [
  [
    '3416976c-a9ca-4bba-901a-1f08f66978ff',
    'Amazon Redshift',
    'database',
    'CRMToAEP',
    'tabular',
    'Basic Authentication: server database username password',
  ],
  [
    'aac9bbd4-6c01-46ce-b47e-51c6f0f6db3f',
    'Apache Hive on Azure HDInsights',
    'database',
    'CRMToAEP',
    'tabular',
    'HDInsights Basic Authentication: host username password',
  ],
  [
    '6a8d82bc-1caf-45d1-908d-cadabc9d63a6',
    'Apache Spark on Azure HDInsights',
    'database',
    'CRMToAEP',
    'tabular',
    'HDInsights Basic Authentication: host username password',
  ],
  [
    '0479cc14-7651-4354-b233-7480606c2ac3',
    'Azure Data Explorer',
    'database',
    'CRMToAEP',
    'tabular',
    'Service Principal Based Authentication: endpoint database tenant servicePrincipalId servicePrincipalKey',
  ],
  [
    'a49bcc7d-8038-43af-b1e4-5a7a089a7d79',
    'Azure Synapse Analytics',
    'database',
    'CRMToAEP',
    'tabular',
    'Connection String Based Authentication: connectionString | Service Principal Key Based Authentication: server database tenant servicePrincipalId servicePrincipalKey',
  ],
  [
    'ecde33f2-c56f-46cc-bdea-ad151c16cd69',
    'Azure Table Storage',
    'database',
    'CRMToAEP',
    'tabular',
    'Connection String Based Authentication: connectionString',
  ],
  [
    '1fe283f6-9bec-11ea-bb37-0242ac130002',
    'Couchbase',
    'database',
    'CRMToAEP',
    'tabular',
    'Connection String Based Authentication: connectionString',
  ],
  [
    '3c9b37f8-13a6-43d8-bad3-b863b941fedd',
    'Google BigQuery',
    'database',
    'CRMToAEP',
    'tabular',
    'Basic Authentication: project clientId clientSecret refreshToken',
  ],
  [
    '37b6bf40-d318-4655-90be-5cd6f65d334b',
    'Greenplum',
    'database',
    'CRMToAEP',
    'tabular',
    'Basic Authentication: connectionString',
  ],
  [
    '09182899-b429-40c9-a15a-bf3ddbc8ced7',
    'IBM DB2',
    'database',
    'CRMToAEP',
    'tabular',
    'Basic Authentication: server database username password authenticationType?',
  ],
  [
    '3000eb99-cd47-43f3-827c-43caf170f015',
    'MariaDB',
    'database',
    'CRMToAEP',
    'tabular',
    'Connection String Based Authentication: connectionString',
  ],
  [
    '1f372ff9-38a4-4492-96f5-b9a4e4bd00ec',
    'Microsoft SQL Server',
    'database',
    'CRMToAEP',
    'tabular',
    'Connection String Based Authentication: connectionString',
  ],
  [
    '26d738e0-8963-47ea-aadf-c60de735468a',
    'MySQL',
    'database',
    'CRMToAEP',
    'tabular',
    'Connection String Based Authentication: connectionString',
  ],
  [
    'd6b52d86-f0f8-475f-89d4-ce54c8527328',
    'Oracle',
    'database',
    'CRMToAEP',
    'tabular',
    'ConnectionString: connectionString',
  ],
  [
    '102706fb-a5cd-42ee-afe0-bc42f017ff43',
    'Phoenix',
    'database',
    'CRMToAEP',
    'tabular',
    'Basic Authentication: host username password port? httpPath? enableSsl?',
  ],
  [
    '74a1c565-4e59-48d7-9d67-7c03b8a13137',
    'PostgreSQL',
    'database',
    'CRMToAEP',
    'tabular',
    'Connection String Based Authentication: connectionString',
  ],
  [
    'b2e08744-4f1a-40ce-af30-7abac3e23cf3',
    'Snowflake',
    'database',
    'CRMToAEP',
    'tabular',
    'Basic Authentication for Snowflake: connectionString',
  ],
  [
    'a8b6a1a4-5735-42b4-952c-85dce0ac38b5',
    'HP Vertica',
    'database',
    'CRMToAEP',
    'tabular',
    'Connection String Based Authentication: connectionString',
  ],
  [
    'e9d7ec6b-0873-4e57-ad21-b3a7c65e310b',
    'Azure Databricks',
    'database',
    'CRMToAEP',
    'tabular',
    'Access Token Authentication: domain clusterId accessToken database catalog?',
  ],
  ['2fa8af9c-2d1a-43ea-a253-f00a00c74412', 'Teradata Vantage', 'database', 'CRMToAEP', 'tabular', ''],
  ['a8f4d393-1a6b-43f3-931f-91a16ed857f4', 'Apache Cassandra', 'database', 'CRMToAEP', 'tabular', ''],
  [
    'cb66ab34-8619-49cb-96d1-39b37ede86ea',
    'Salesforce Service Cloud',
    'customer-success',
    'CRMToAEP',
    'tabular',
    'Basic Authentication: username password securityToken',
  ],
  [
    'eb13cb25-47ab-407f-ba89-c0125281c563',
    'ServiceNow',
    'customer-success',
    'CRMToAEP',
    'tabular',
    'Basic Authentication: endpoint username password',
  ],
  [
    'ba5126ec-c9ac-11eb-b8bc-0242ac130003',
    'Oracle Service Cloud',
    'customer-success',
    'CRMToAEP',
    'tabular',
    '',
  ],
  [
    '8e6b41a8-d998-4545-ad7d-c6a9fff406c3',
    'Generic OData',
    'protocols',
    'CRMToAEP',
    'tabular',
    'Anonymous Authentication: url',
  ],
  [
    '4e98f16f-87d6-4ef0-bdc6-7a2b0fe76e62',
    'Generic REST API',
    'protocols',
    'RestStorageToAEP',
    'json',
    'oAuth2RefreshCode: host accessToken authorizationTestUrl? clientId? clientSecret? refreshToken? expirationDate? accessTokenUrl? requestParameterOverride? | Basic Authentication: host username password',
  ],
  [
    '38ad80fe-8b06-4938-94f4-d4ee80266b07',
    'Microsoft Dynamics',
    'crm',
    'CRMToAEP',
    'tabular',
    'Basic Authentication for Dynamics-Online: serviceUri username password | Service Principal Key Based Authentication: serviceUri servicePrincipalId servicePrincipalKey',
  ],
  [
    'cfc0fee1-7dc0-40ef-b73e-d8b134c436f5',
    'Salesforce',
    'crm',
    'CRMToAEP',
    'tabular',
    'Basic Authentication: environmentUrl username password securityToken apiVersion? | OAuth2 Client Credential: environmentUrl clientId clientSecret apiVersion | OAuth2 JWT Token Credential: jwtToken clientId clientSecret instanceUrl',
  ],
  [
    'fcad62f3-09b0-41d3-be11-449d5a621b69',
    'Veeva CRM',
    'crm',
    'CRMToAEP',
    'tabular',
    'Basic Authentication: environmentUrl username password securityToken',
  ],
  ['929e4450-0237-4ed2-9404-b7e1e0a00309', 'Zoho CRM', 'crm', 'CRMToAEP', 'tabular', ''],
  [
    'ecadc60c-7455-4d87-84dc-2a0e293d997b',
    'Amazon S3',
    'cloud-storage',
    'CloudStorageToAEP',
    'delimited|json|parquet',
    'Access Key: s3AccessKey s3SecretKey',
  ],
  [
    '4c10e202-c428-4796-9208-5f1f5732b1cf',
    'Azure Blob',
    'cloud-storage',
    'CloudStorageToAEP',
    'delimited|json|parquet',
    'ConnectionString: connectionString | SasURIAuthentication: sasUri',
  ],
  [
    'b3ba5556-48be-44b7-8b85-ff2b69b46dc4',
    'Azure Data Lake Storage Gen2',
    'cloud-storage',
    'CloudStorageToAEP',
    'delimited|json|parquet',
    'Basic Authentication for adls-gen2: url servicePrincipalId servicePrincipalKey tenant',
  ],
  [
    'be5ec48c-5b78-49d5-b8fa-7c89ec4569b8',
    'Azure File Storage',
    'cloud-storage',
    'CloudStorageToAEP',
    'delimited|json|parquet',
    'Basic Authentication: host userId password',
  ],
  [
    '26f526f2-58f4-4712-961d-e41bf1ccc0e8',
    'Data Landing Zone',
    'cloud-storage',
    'CloudStorageToAEP',
    'delimited|json|parquet',
    '',
  ],
  [
    'fb2e94c9-c031-467d-8103-6bd6e0a432f2',
    'FTP',
    'cloud-storage',
    'CloudStorageToAEP',
    'delimited|json|parquet',
    'Basic Authentication for FTP: host userName password',
  ],
  [
    '32e8f412-cdf7-464c-9885-78184cb113fd',
    'Google Cloud Storage',
    'cloud-storage',
    'CloudStorageToAEP',
    'delimited|json|parquet',
    'Basic Authentication for google-cloud: accessKeyId secretAccessKey',
  ],
  [
    '54e221aa-d342-4707-bcff-7a4bceef0001',
    'Apache HDFS',
    'cloud-storage',
    'CloudStorageToAEP',
    'delimited|json|parquet',
    'Anonymous Authentication: url',
  ],
  [
    'c85f9425-fb21-426c-ad0b-405e9bd8a46c',
    'Oracle Object Storage',
    'cloud-storage',
    'CloudStorageToAEP',
    'delimited|json|parquet',
    'Access Key: serviceUrl accessKey secretKey bucketName? folderPath?',
  ],
  [
    'b7bf2577-4520-42c9-bae9-cad01560f7bc',
    'SFTP',
    'cloud-storage',
    'CloudStorageToAEP',
    'delimited|json|parquet',
    'Basic Authentication for sftp: host userName password | SSH PublicKey Authentication for sftp: host userName privateKeyContent passPhrase?',
  ],
  [
    'bf9f5905-92b7-48bf-bf20-455bc6b60a4e',
    'Azure Event Hubs',
    'cloud-storage-streaming',
    'StreamingEventSources',
    'json',
    'Azure EventHub authentication credentials: sasKeyName sasKey namespace',
  ],
  [
    '86043421-563b-46ec-8e6c-e23184711bf6',
    'Amazon Kinesis',
    'cloud-storage-streaming',
    'StreamingEventSources',
    'json',
    'Aws Kinesis authentication credentials: accessKeyId secretKey region',
  ],
  [
    '70116022-a743-464a-bbfe-e226a7f8210c',
    'Google PubSub',
    'cloud-storage-streaming',
    'StreamingEventSources',
    'json',
    'Google PubSub authentication credentials: projectId credentials',
  ],
  [
    'bc7b00d6-623a-4dfc-9fdb-f1240aeadaeb',
    'HTTP API',
    'streaming',
    'StreamWithTransformation',
    'xdm|raw',
    'Streaming Connection: sourceId dataType name authenticationRequired?',
  ],
  [
    '4f63aa36-bd48-4e33-bb83-49fbcd11c708',
    'Shopify',
    'ecommerce',
    'CRMToAEP',
    'tabular',
    'Basic Authentication: host accessToken | Access Token Based: host accessToken',
  ],
  [
    '221c7626-58f6-4eec-8ee2-042b0226f03b',
    'PayPal',
    'payments',
    'CRMToAEP',
    'tabular',
    'Client-Id-Secret Based Authentication: host clientId clientSecret',
  ],
  [
    '2acf109f-9b66-4d5e-bc18-ebb2adcff8d5',
    'Square',
    'payments',
    'CRMToAEP',
    'tabular',
    'OAuth2 Refresh Code: host clientId clientSecret accessToken refreshToken',
  ],
  [
    'cc2c31d6-7b8c-4581-b49f-5c8698aa3ab3',
    'Stripe',
    'payments',
    'RestStorageToAEP',
    'json',
    'OAuth2 Refresh Code: accessToken',
  ],
  [
    'fd2c8ff3-1de0-4f6b-8fa8-4264784870eb',
    'Mixpanel',
    'analytics',
    'RestStorageToAEP',
    'json',
    'Basic Authentication: ',
  ],
  [
    'cc6a4487-9e91-433e-a3a3-9cf6626c1806',
    'HubSpot',
    'marketing-automation',
    'CRMToAEP',
    'tabular',
    'Basic Authentication: clientId clientSecret accessToken refreshToken',
  ],
  [
    'ea1c2a08-b722-11eb-8529-0242ac130003',
    'Salesforce Marketing Cloud',
    'marketing-automation',
    'CRMToAEP',
    'tabular',
    'Client-Id-Secret Based Authentication: host clientId clientSecret',
  ],
  [
    '35d6c4d8-c9a9-11eb-b8bc-0242ac130003',
    'Oracle Eloqua',
    'marketing-automation',
    'CRMToAEP',
    'tabular',
    'Basic Authentication: endpoint username password',
  ],
  [
    'ff4274f2-c9a9-11eb-b8bc-0242ac130003',
    'Oracle Responsys',
    'marketing-automation',
    'CRMToAEP',
    'tabular',
    '',
  ],
  [
    'd771e9c1-4f26-40dc-8617-ce58c4b53702',
    'Google Ads (AdWords)',
    'advertising',
    'CRMToAEP',
    'tabular',
    'Basic Authentication: clientCustomerID developerToken clientId clientSecret refreshToken authenticationType?',
  ],
];

function readAuth(text: string): Connector['auth'] {
  if (text === '') return [];
  return text.split(' | ').map((one) => {
    const [specName = '', params = ''] = one.split(': ');
    const names = params.split(' ').filter((name) => name !== '');
    return {
      specName,
      params: names.filter((name) => !name.endsWith('?')),
      optional: names.filter((name) => name.endsWith('?')).map((name) => name.slice(0, -1)),
    };
  });
}

// Table connectors also take `parquet_xdm`: the older generation of the tutorials sends it, with an ad-hoc schema.
function readFormats(text: string): string[] {
  return text === 'tabular' ? ['tabular', 'parquet_xdm'] : text.split('|');
}

export const connectors: Connector[] = rows.map(([specId, name, family, flowSpec, format, auth]) => ({
  specId,
  name,
  family,
  flowSpec,
  formats: readFormats(format),
  auth: readAuth(auth),
}));

const byId = new Map(connectors.map((connector) => [connector.specId, connector]));

export function findConnector(specId: string): Connector | undefined {
  return byId.get(specId);
}
