import { Injectable } from '@nestjs/common';
import type { AccessToken } from '../../access/access-token.js';
import { Gate } from '../../access/gate.js';
import { TokenTable } from '../../access/token-table.js';
import { KeywheelError } from '../../kernel/errors.js';
import type { Candidate } from '../candidate.js';

/** Access tokens as an inspection names them, and what they may call. */
@Injectable()
export class InspectedAccess {
  constructor(
    private readonly tokens: TokenTable,
    private readonly gate: Gate,
  ) {}

  tokenOf(idOrSecret: string): AccessToken {
    const entry = this.tokens.byId(idOrSecret) ?? this.tokens.find(idOrSecret);
    if (!entry) throw new KeywheelError('not_found', 'There is no such access token.', { param: 'token' });
    return entry.token;
  }

  allows(token: AccessToken, { upstream, asked, model, route }: Candidate): boolean {
    const names = route === undefined ? [asked, model] : [asked, model, route];
    return names.some((name) => this.gate.allows(token, upstream.slug, name));
  }
}
