import { connectorNames, type ConnectorName } from './connectors.ts';

/** One way in which a connector signs in: `auth.specName` of a base connection, and its params. */
export interface AuthType {
  /** As AEP writes it, to the letter. */
  name: string;
  required: string[];
  optional: string[];
  /** Those of both that must not be written down. */
  secrets: string[];
}

/**
 * The authentication types of each connector and their params, as Adobe's pages list them: `!` marks a secret, `?` what may
 * be left out. Where AEP on Azure and AEP on AWS want other params of one type, only those of both are required.
 */
const facts: Record<ConnectorName, Record<string, string>> = {
  'amazon-redshift': {
    'Basic Authentication': 'server username password! database port? schema?',
  },
  'amazon-s3': {
    'Access Key': 's3AccessKey s3SecretKey! serviceUrl? bucketName? folderPath? s3SessionToken!?',
    'IAMRole Based': 'bucketName',
  },
  'apache-cassandra': {
    'Basic Authentication': 'host username password! port?',
  },
  'apache-hdfs': {
    'Anonymous Authentication': 'url',
  },
  'apache-hive': {
    'HDInsights Basic Authentication': 'host username password!',
  },
  'apache-spark': {
    'HDInsights Basic Authentication': 'host username password!',
  },
  'azure-blob': {
    ConnectionString: 'connectionString! container? folderPath?',
    'SAS URI Authentication': 'sasUri! container? folderPath?',
    'Service Principal Based Authentication':
      'serviceEndpoint servicePrincipalId servicePrincipalKey! accountKind tenant container? folderPath?',
  },
  'azure-data-explorer': {
    'Service Principal Based Authentication':
      'endpoint database tenant servicePrincipalId servicePrincipalKey!',
  },
  'azure-data-lake-storage-gen2': {
    'Basic Authentication for adls-gen2': 'url servicePrincipalId servicePrincipalKey! tenant',
  },
  'azure-databricks': {
    'Access Token Authentication': 'domain clusterId accessToken! database catalog?',
  },
  'azure-file-storage': {
    'Basic Authentication': 'host userId password!',
  },
  'azure-synapse-analytics': {
    'Connection String Based Authentication': 'connectionString!',
    'Service Principal Key Based Authentication':
      'server database tenant servicePrincipalId servicePrincipalKey!',
  },
  'azure-table-storage': {
    'Connection String Based Authentication': 'connectionString!',
  },
  couchbase: {
    'Connection String Based Authentication': 'connectionString!',
  },
  'data-landing-zone': {},
  ftp: {
    'Basic Authentication for FTP': 'host userName password!',
  },
  'generic-odata': {
    'Anonymous Authentication': 'url',
  },
  'google-ads': {
    'Basic Authentication':
      'clientCustomerID developerToken! refreshToken! clientId clientSecret! loginCustomerID? googleAdsApiVersion?',
  },
  'google-bigquery': {
    'Basic Authentication': 'project clientId clientSecret! refreshToken!',
    'Service Authentication': 'projectId keyFileContent! largeResultsDataSetId? datasetId?',
  },
  'google-cloud-storage': {
    'Basic Authentication for google-cloud': 'accessKeyId secretAccessKey! bucketName? folderPath?',
  },
  greenplum: {
    'Connection String Based Authentication': 'connectionString!',
  },
  'hp-vertica': {
    'Connection String Based Authentication': 'connectionString!',
  },
  hubspot: {
    'Basic Authentication': 'clientId clientSecret! accessToken! refreshToken!',
  },
  'ibm-db2': {
    'Basic Authentication': 'server database username password!',
  },
  mariadb: {
    'Connection String Based Authentication': 'connectionString!',
    'Basic Authentication': 'server database username password! sslMode',
  },
  'microsoft-dynamics': {
    'Basic Authentication for Dynamics-Online': 'serviceUri username password!',
    'Service Principal Key Based Authentication': 'serviceUri servicePrincipalId servicePrincipalKey!',
  },
  'microsoft-sql-server': {
    'Connection String Based Authentication': 'connectionString!',
  },
  mysql: {
    'Connection String Based Authentication': 'connectionString!',
    'Basic Authentication': 'server port database username password! sslMode?',
  },
  oracle: {
    ConnectionString: 'connectionString!',
    'Basic Authentication': 'server port database username password! schema sslMode?',
  },
  'oracle-eloqua': {
    'Basic Authentication': 'endpoint username password!',
  },
  'oracle-object-storage': {
    'Access Key': 'serviceUrl accessKey secretKey! bucketName? folderPath?',
  },
  'oracle-responsys': {
    'Basic Authentication': 'endpoint clientId clientSecret!',
  },
  'oracle-service-cloud': {
    'Basic Authentication': 'host username password!',
  },
  paypal: {
    'Client-Id-Secret Based Authentication': 'host clientId clientSecret!',
  },
  phoenix: {
    'Basic Authentication': 'host username password! port? httpPath? enableSsl?',
  },
  postgresql: {
    'Connection String Based Authentication': 'connectionString!',
    'Basic Authentication': 'server port database username password! sslMode?',
  },
  salesforce: {
    'OAuth2 Client Credential': 'environmentUrl clientId clientSecret! apiVersion includeDeletedObjects?',
    'OAuth2 JWT Token Credential': 'jwtToken! clientId clientSecret! instanceUrl environmentType?',
    'Basic Authentication': 'username password! securityToken! environmentUrl? apiVersion?',
  },
  'salesforce-marketing-cloud': {
    'Client-Id-Secret Based Authentication': 'host clientId clientSecret!',
  },
  'salesforce-service-cloud': {
    'Basic Authentication': 'username password! securityToken! environmentUrl?',
  },
  servicenow: {
    'Basic Authentication': 'endpoint username password!',
  },
  sftp: {
    'Basic Authentication for sftp':
      'host userName password! port? maxConcurrentConnections? folderPath? disableChunking?',
    'SSH PublicKey Authentication for sftp':
      'host userName privateKeyContent! port? passPhrase!? maxConcurrentConnections? folderPath? disableChunking?',
  },
  shopify: {
    'Access Token Based': 'host accessToken!',
    'Basic Authentication': 'host accessToken!',
  },
  snowflake: {
    'KeyPair Authentication': 'account username database privateKey! warehouse privateKeyPassphrase!?',
    'Basic Authentication': 'host port username password! database warehouse schema',
    ConnectionString: 'connectionString!',
    'Basic Authentication for Snowflake': 'connectionString!',
  },
  square: {
    'OAuth2 Refresh Code': 'host clientId clientSecret! accessToken! refreshToken!',
  },
  'teradata-vantage': {
    ConnectionString: 'connectionString!',
  },
  'veeva-crm': {
    'Basic Authentication': 'environmentUrl username password! securityToken!',
  },
  'zoho-crm': {
    'Basic Authentication': 'endpoint accountsUrl clientId clientSecret! accessToken! refreshToken!',
  },
};

const types = new Map(connectorNames.map((name) => [name, Object.entries(facts[name]).map(read)]));

/** The authentication types of a connector; none where it has no base connection. */
export function authTypesOf(connector: ConnectorName): readonly AuthType[] {
  return types.get(connector)!;
}

/** The authentication type of a connector of which these are params, none of the required ones missing. Undefined where none is meant by them, or more than one. */
export function authTypeWith(connector: ConnectorName, params: readonly string[]): AuthType | undefined {
  const [one, another] = authTypesOf(connector).filter(
    (type) =>
      type.required.every((name) => params.includes(name)) &&
      params.every((name) => paramsOf(type).includes(name)),
  );
  return another ? undefined : one;
}

/** All params of a type, the required ones first. */
export function paramsOf({ required, optional }: AuthType): string[] {
  return [...required, ...optional];
}

function read([name, text]: [string, string]): AuthType {
  const words = text.split(' ');
  const named = (fits: (word: string) => boolean) =>
    words.filter(fits).map((word) => word.replace(/[!?]+$/, ''));
  return {
    name,
    required: named((word) => !word.endsWith('?')),
    optional: named((word) => word.endsWith('?')),
    secrets: named((word) => word.includes('!')),
  };
}
