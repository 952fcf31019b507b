import { Injectable } from '@nestjs/common';
import { HttpClient } from '../egress/http-client.js';
import { KeywheelError } from '../kernel/errors.js';
import type { Secret } from '../kernel/secret.js';
import { KeyChecker, type CheckResult } from '../keys/ports.js';
import { checkRequest } from '../upstreams/check-request.js';
import { UpstreamTable } from '../upstreams/upstream-table.js';
import { Judges } from './judges.js';
import { LoopGuard, VIA } from './loop-guard.js';
import { KeyMask } from './wire/key-mask.js';

const TIMEOUT_MS = 15_000;
const MOST_BYTES = 1024 * 1024;
const DETAIL_LENGTH = 300;

/** Checks a key with the upstream's own smallest call, judged like any answer. */
@Injectable()
export class UpstreamKeyChecker extends KeyChecker {
  constructor(
    private readonly upstreams: UpstreamTable,
    private readonly http: HttpClient,
    private readonly judges: Judges,
    private readonly loops: LoopGuard,
  ) {
    super();
  }

  async check(upstreamId: string, secret: Secret): Promise<CheckResult | undefined> {
    const upstream = this.upstreams.byId(upstreamId);
    const request = upstream && checkRequest(upstream, secret);
    if (!upstream || !request) return undefined;
    try {
      const trail = this.loops.trail(upstream);
      const headers = trail === undefined ? request.headers : { ...request.headers, [VIA]: trail };
      const answer = await this.http.request({
        ...request,
        headers,
        timeoutMs: TIMEOUT_MS,
        maxBytes: MOST_BYTES,
      });
      const { status, body } = answer;
      const verdict = this.judges.of(upstream.protocol)({ ...answer, now: Date.now() });
      const { provesQuota } = request;
      if (status < 400) return { verdict, status, provesQuota };
      const detail = new KeyMask(secret).text(body.slice(0, DETAIL_LENGTH));
      return { verdict, status, detail, provesQuota };
    } catch (error) {
      const { code, message } =
        error instanceof KeywheelError ? error : { code: 'upstream_broken', message: '' };
      return { verdict: { blame: 'upstream', reason: code, retry: 'no' }, detail: message };
    }
  }
}
