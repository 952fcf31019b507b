import { Injectable } from '@nestjs/common';
import type { Protocol } from '../kernel/protocol.js';
import type { Judge } from '../kernel/verdict.js';
import { judge as judgeHttp } from './judge-http.js';

/** The judge of each protocol's answers. LlmModule hands in those of the LLM protocols. */
@Injectable()
export class Judges {
  private readonly byProtocol = new Map<Protocol, Judge>([['http', judgeHttp]]);

  use(protocol: Protocol, judge: Judge): void {
    this.byProtocol.set(protocol, judge);
  }

  of(protocol: Protocol): Judge {
    return this.byProtocol.get(protocol) ?? judgeHttp;
  }
}
