import { lookup as systemLookup, type LookupAddress, type LookupOptions } from 'node:dns';
import { isIP, type LookupFunction } from 'node:net';
import { Injectable } from '@nestjs/common';
import { Config } from '../config/config.js';
import { KeywheelError } from '../kernel/errors.js';
import { AddressGuard } from './address-guard.js';

type AllAddresses = (error: NodeJS.ErrnoException | null, addresses: LookupAddress[]) => void;

/**
 * Name resolution that hands out only addresses which may be dialled. What it answers is what the socket
 * connects to, so a name that changes its address between check and use gains nothing.
 */
@Injectable()
export class GuardedLookup {
  private readonly guard: AddressGuard;

  constructor(config: Config) {
    this.guard = new AddressGuard(config.allowPrivateUpstreams);
  }

  /** Why an IP literal may not be dialled; undefined where it may, and for names, which `forHost` checks. */
  refusal(host: string, port: number): KeywheelError | undefined {
    if (isIP(host) === 0 || this.guard.permits(host, host, port)) return undefined;
    return refused(host);
  }

  /** A `lookup` for sockets to this host and port. It fails with `upstream_refused` where no address is left. */
  forHost(host: string, port: number): LookupFunction {
    return (name, options, callback) => {
      this.resolve(name, { ...options, all: true }, (error, found) => {
        if (error) return callback(error, []);
        const allowed = found.filter(({ address }) => this.guard.permits(address, host, port));
        const first = allowed[0];
        if (!first) return callback(refused(host), []);
        if (options.all) callback(null, allowed);
        else callback(null, first.address, first.family);
      });
    };
  }

  /** The system's resolver; tests put another in its place. */
  protected resolve(host: string, options: LookupOptions & { all: true }, callback: AllAddresses): void {
    systemLookup(host, options, callback);
  }
}

function refused(host: string): KeywheelError {
  return new KeywheelError(
    'upstream_refused',
    `"${host}" stands for a private or reserved address, which only ALLOW_PRIVATE_UPSTREAMS can permit.`,
  );
}
