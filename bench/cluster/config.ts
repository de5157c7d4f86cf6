/** The services of a Temporal server, each with its own process here. */
export const services = ['frontend', 'history', 'matching', 'worker'] as const;
export type Service = (typeof services)[number];

/** The TCP ports of one service; a second host of it has the same on another loopback address. */
export interface Ports {
  grpc: number;
  membership: number;
}

export interface ClusterConfig {
  postgresPort: number;
  shards: number;
  ports: Record<Service, Ports>;
  /** The file of the dynamic config. */
  dynamicFile: string;
}

export const databases = { main: 'temporal', visibility: 'temporal_visibility' } as const;

/** The configuration file of one process, as Temporal's server reads it. Everything else is the server's own default. */
export function serverConfig(
  { postgresPort, shards, ports, dynamicFile }: ClusterConfig,
  ip: string,
): object {
  const store = (databaseName: string, maxConns: number) => ({
    sql: {
      pluginName: 'postgres12',
      databaseName,
      connectAddr: `127.0.0.1:${postgresPort}`,
      connectProtocol: 'tcp',
      user: 'postgres',
      password: 'unused',
      maxConns,
      maxIdleConns: maxConns,
      maxConnLifetime: '1h',
    },
  });
  const frontendAddress = `127.0.0.1:${ports.frontend.grpc}`;
  return {
    log: { stdout: true, level: 'error' },
    persistence: {
      defaultStore: 'main',
      visibilityStore: 'visibility',
      numHistoryShards: shards,
      datastores: { main: store(databases.main, 20), visibility: store(databases.visibility, 10) },
    },
    global: { membership: { maxJoinDuration: '30s', broadcastAddress: ip } },
    services: Object.fromEntries(
      services.map((service) => {
        const { grpc, membership } = ports[service];
        return [service, { rpc: { grpcPort: grpc, membershipPort: membership, bindOnIP: ip } }];
      }),
    ),
    clusterMetadata: {
      enableGlobalNamespace: false,
      failoverVersionIncrement: 10,
      masterClusterName: 'active',
      currentClusterName: 'active',
      clusterInformation: {
        active: {
          enabled: true,
          initialFailoverVersion: 1,
          rpcName: 'frontend',
          rpcAddress: frontendAddress,
        },
      },
    },
    dynamicConfigClient: { filepath: dynamicFile, pollInterval: '10s' },
    dcRedirectionPolicy: { policy: 'noop' },
    archival: {
      history: { state: 'disabled', enableRead: false },
      visibility: { state: 'disabled', enableRead: false },
    },
    namespaceDefaults: {
      archival: { history: { state: 'disabled' }, visibility: { state: 'disabled' } },
    },
  };
}
