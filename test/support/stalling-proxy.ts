import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';

/** A way to a server that lets nothing through for a while, again and again, and loses nothing. */
export interface StallingProxy {
  /** `host:port` */
  address: string;
  close(): void;
}

/**
 * What comes from the client waits while it stalls, as it does for a server that has too much to write; answers do not.
 * @param target `host:port`
 */
export async function startStallingProxy(
  target: string,
  { stallMs, freeMs }: { stallMs: number; freeMs: number },
): Promise<StallingProxy> {
  const [host, port] = target.split(':') as [string, string];
  const sockets = new Set<Socket>();
  let stalls = false;
  let timer = setTimeout(function turn() {
    stalls = !stalls;
    for (const socket of sockets)
      if (!stalls) socket.resume();
      else socket.pause();
    timer = setTimeout(turn, stalls ? stallMs : freeMs);
  }, freeMs);
  const proxy = createServer((client) => {
    const server = connect(Number(port), host);
    sockets.add(client);
    client.on('data', (chunk) => server.write(chunk));
    if (stalls) client.pause();
    server.on('data', (chunk) => client.write(chunk));
    const end = () => {
      sockets.delete(client);
      client.destroy();
      server.destroy();
    };
    for (const socket of [client, server]) socket.on('close', end).on('error', end);
  });
  proxy.listen(0, '127.0.0.1');
  await once(proxy, 'listening');
  return {
    address: `127.0.0.1:${(proxy.address() as AddressInfo).port}`,
    close() {
      clearTimeout(timer);
      for (const socket of sockets) socket.destroy();
      proxy.close();
    },
  };
}
