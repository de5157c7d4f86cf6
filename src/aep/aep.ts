import type { Catalog } from './catalog.ts';
import { createCatalog } from './catalog.ts';
import type { Connectors } from './connectors.ts';
import { createConnectors } from './connectors.ts';
import type { DataPrep } from './data-prep.ts';
import { createDataPrep } from './data-prep.ts';
import type { Explore } from './explore.ts';
import { createExplore } from './explore.ts';
import type { FlowService } from './flow-service.ts';
import { createFlowService } from './flow-service.ts';
import { createHttp, type Call } from './http.ts';
import { listSandboxes } from './sandboxes.ts';
import type { SchemaRegistry } from './schema-registry.ts';
import { createSchemaRegistry } from './schema-registry.ts';

export type { Collection, Created } from './collection.ts';
export type { Call } from './http.ts';
export type { Run } from './flow-service.ts';

export interface AepConfig {
  /** Where AEP is, such as `https://platform.adobe.io`. No slash at the end. */
  apiUrl: string;
  /** Where tokens come from, such as `https://ims-na1.adobelogin.com`. No slash at the end. */
  imsUrl: string;
  clientId: string;
  clientSecret: string;
  orgId: string;
  /** Comma-separated. */
  scopes: string;
  /** Milliseconds for one request, where the call itself does not say. */
  httpTimeoutMs: number;
}

/** Adobe Experience Platform over HTTP, one property per service. Nothing here retries: that is the caller's. */
export interface Aep {
  /** AEP's clock, as far as its last answer showed it. Epoch milliseconds. */
  now(): number;
  /** The names of the active sandboxes that this client may use. */
  sandboxes(call: Call): Promise<string[]>;
  flowService: FlowService;
  explore: Explore;
  schemaRegistry: SchemaRegistry;
  catalog: Catalog;
  dataPrep: DataPrep;
  connectors: Connectors;
}

export function createAep(config: AepConfig): Aep {
  const http = createHttp(config);
  return {
    now: () => http.now(),
    sandboxes: (call) => listSandboxes(http.send, call),
    flowService: createFlowService(http),
    explore: createExplore(http),
    schemaRegistry: createSchemaRegistry(http),
    catalog: createCatalog(http),
    dataPrep: createDataPrep(http),
    connectors: createConnectors(http),
  };
}
