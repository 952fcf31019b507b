import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { connect, type AddressInfo, type Socket } from 'node:net';

export interface BodyServer {
  readonly port: number;
  /** A raw connection, for requests that a client library would not send. */
  open(head: string): Socket;
  close(): Promise<void>;
}

/** A server on loopback for tests of what reads request bodies. */
export async function bodyServer(
  handler: (req: IncomingMessage, res: ServerResponse) => void,
): Promise<BodyServer> {
  const server = createServer(handler).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    port,
    open: (head) => {
      const socket = connect(port, '127.0.0.1').on('error', () => undefined);
      socket.write(head.replaceAll('\n', '\r\n'));
      return socket;
    },
    close: async () => {
      server.close();
      server.closeAllConnections();
      await once(server, 'close');
    },
  };
}
