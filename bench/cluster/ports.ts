import { opens } from '../../dev/ports.ts';
import { services, type Ports, type Service } from './config.ts';

/** PostgreSQL keeps the port of membership as a smallint. */
const highest = 32_767;
const lowest = 20_000;

export async function clusterPorts(): Promise<Record<Service, Ports>> {
  const taken = new Set<number>();
  const low = async (): Promise<number> => {
    for (;;) {
      const port = lowest + Math.floor(Math.random() * (highest - lowest));
      if (taken.has(port) || (await opens(port))) continue;
      taken.add(port);
      return port;
    }
  };
  const ports = {} as Record<Service, Ports>;
  for (const service of services) ports[service] = { grpc: await low(), membership: await low() };
  return ports;
}
