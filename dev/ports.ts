import { once } from 'node:events';
import { connect, createServer } from 'node:net';

/** A TCP port of this machine that was free a moment ago. Somebody else may take it first: be ready to ask again. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  if (address === null || typeof address === 'string') throw new Error('No TCP port could be had.');
  return address.port;
}

/** Whether something listens on a TCP port of this machine. */
export async function opens(port: number): Promise<boolean> {
  const socket = connect({ host: '127.0.0.1', port });
  try {
    await once(socket, 'connect');
    return true;
  } catch {
    return false;
  } finally {
    socket.destroy();
  }
}
