import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';

/** A way to a server that takes long, and loses nothing. */
export interface SlowProxy {
  /** `host:port` */
  address: string;
  close(): void;
}

/**
 * What comes from the client arrives later, as it does at a server that has too much to write; answers do not.
 * @param target `host:port`
 * @param delayMs by how much. Milliseconds.
 */
export async function startSlowProxy(target: string, delayMs: number): Promise<SlowProxy> {
  const [host, port] = target.split(':') as [string, string];
  const sockets = new Set<Socket>();
  const proxy = createServer((client) => {
    const server = connect(Number(port), host);
    client.on('data', (chunk) => void setTimeout(() => server.write(chunk), delayMs));
    server.on('data', (chunk) => client.write(chunk));
    const end = () => {
      client.destroy();
      server.destroy();
    };
    for (const socket of [client, server]) {
      sockets.add(socket);
      socket.on('close', end).on('error', end);
    }
  });
  proxy.listen(0, '127.0.0.1');
  await once(proxy, 'listening');
  return {
    address: `127.0.0.1:${(proxy.address() as AddressInfo).port}`,
    close() {
      for (const socket of sockets) socket.destroy();
      proxy.close();
    },
  };
}
