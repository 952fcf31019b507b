import type { IncomingMessage } from 'node:http';
import { TLSSocket } from 'node:tls';
import { Injectable } from '@nestjs/common';
import { AddressList } from '../access/address-list.js';
import { cameByTls, clientIp } from '../access/client-ip.js';
import { Config } from '../config/config.js';
import { newRequestId } from '../kernel/ids.js';

export interface Facts {
  readonly requestId: string;
  /** Address of the client, behind trusted proxies. */
  readonly ip: string;
  /** Whether the client's side of the connection is TLS. */
  readonly tls: boolean;
}

/** What the control plane knows of a request besides its content; worked out once for each. */
@Injectable()
export class RequestFacts {
  readonly #known = new WeakMap<IncomingMessage, Facts>();
  readonly #trusted: AddressList;

  constructor(config: Config) {
    this.#trusted = new AddressList(config.trustProxy);
  }

  of(request: IncomingMessage): Facts {
    let facts = this.#known.get(request);
    if (!facts) this.#known.set(request, (facts = this.#read(request)));
    return facts;
  }

  #read({ socket, headers }: IncomingMessage): Facts {
    return {
      requestId: newRequestId(),
      ip: clientIp(socket.remoteAddress, headers, this.#trusted),
      tls: cameByTls(socket.remoteAddress, socket instanceof TLSSocket, headers, this.#trusted),
    };
  }
}
