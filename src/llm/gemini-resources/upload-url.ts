import { Injectable } from '@nestjs/common';
import { AddressList } from '../../access/address-list.js';
import { cameByTls } from '../../access/client-ip.js';
import { Config } from '../../config/config.js';
import type { Call } from '../../proxy/call.js';
import { queryFor, queryValues } from '../../proxy/wire/query.js';
import type { LlmPath } from '../llm-path.js';

const HEADERS = new Set(['x-goog-upload-url', 'x-goog-upload-control-url']);

/**
 * The start of a resumable upload names the URL that the bytes go to. It is the provider's own, where the client
 * has no key: it becomes ours, so that the bytes come here too and go on with the key that started the upload.
 */
@Injectable()
export class UploadUrl {
  private readonly trusted: AddressList;

  constructor(config: Config) {
    this.trusted = new AddressList(config.trustProxy);
  }

  /** Undefined where the answer names no such URL. */
  rewrite(
    call: Call,
    path: LlmPath,
    headers: readonly string[],
  ): { id: string; headers: string[] } | undefined {
    let id: string | undefined;
    const rewritten = headers.map((value, i) => {
      if (i % 2 === 0 || !HEADERS.has(headers[i - 1]!.toLowerCase())) return value;
      const query = value.includes('?') ? value.slice(value.indexOf('?') + 1) : '';
      id ??= queryValues(query, 'upload_id')[0];
      return `${this.base(call, path)}?${queryFor(query, ['key'])}`;
    });
    return id === undefined ? undefined : { id, headers: rewritten };
  }

  /** As the client reached us, down to the path of this very request. */
  private base(call: Call, path: LlmPath): string {
    const { req } = call;
    const encrypted = 'encrypted' in req.socket && req.socket.encrypted === true;
    const tls = cameByTls(req.socket.remoteAddress, encrypted, req.headers, this.trusted);
    const before = call.path.slice(0, call.path.length - path.path.length);
    return `${tls ? 'https' : 'http'}://${req.headers.host ?? 'localhost'}${before}${path.path}`;
  }
}
