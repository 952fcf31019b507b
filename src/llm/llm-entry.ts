import { Injectable } from '@nestjs/common';
import { KeywheelError } from '../kernel/errors.js';
import { headerOf } from '../proxy/wire/header-of.js';
import { breakOff } from '../proxy/break-off.js';
import type { Call } from '../proxy/call.js';
import type { Entry } from '../proxy/entry.js';
import { writeError, writeProblem } from '../proxy/write-error.js';
import { UpstreamTable } from '../upstreams/upstream-table.js';
import { ADAPTERS } from './adapters/adapters.js';
import { readLlmPath, type LlmPath, type LlmProtocol } from './llm-path.js';
import { Catalogue } from './models/catalogue.js';
import { StoredResponses } from './responses-state/stored-responses.js';
import { Planner } from './planner.js';
import { ImageDelivery } from './translation/images/image-delivery.js';

const KEY = /(?:^|&)key=/;

/**
 * `/llm/{slug}/…` and the providers' own paths: any LLM call. Its upstream is found by slug, by model, or by the file,
 * cached content or answer that the call names, which one upstream keeps.
 */
@Injectable()
export class LlmEntry implements Entry<LlmPath | undefined> {
  constructor(
    private readonly table: UpstreamTable,
    private readonly catalogue: Catalogue,
    private readonly planner: Planner,
    private readonly stored: StoredResponses,
    private readonly images: ImageDelivery,
  ) {}

  recognise(call: Call): LlmPath | undefined {
    const path = readLlmPath(call.path, {
      anthropicVersion: headerOf(call.req, 'anthropic-version') !== undefined,
      googleKey:
        headerOf(call.req, 'x-goog-api-key') !== undefined || (call.query !== '' && KEY.test(call.query)),
    });
    if (!path) {
      call.protocol = protocolOfUnknown(call.path);
      return undefined;
    }
    call.operation = path.operation;
    call.protocol = path.protocol ?? this.table.bySlug(path.slug ?? '')?.protocol ?? 'http';
    return path;
  }

  /** Made images are seen by whoever has their link. */
  isPublic(path: LlmPath | undefined): boolean {
    return path?.operation === 'image_file';
  }

  serve(call: Call, path: LlmPath | undefined): Promise<void> {
    if (!path)
      throw new KeywheelError('unknown_path', `There is nothing at ${call.req.method} ${call.path}.`);
    if (this.isPublic(path)) return this.images.serve(call);
    if (this.isCatalogue(path)) return this.list(call, path);
    return this.stored.mayHold(path) ? this.tellStored(call, path) : this.planner.serve(call, path);
  }

  renderError(call: Call, error: KeywheelError): void {
    if (call.streamed && call.res.headersSent && call.protocol !== 'http') {
      breakOff(call.res, ADAPTERS[call.protocol].breakEvent(error, call.id, call.operation));
    } else if (call.protocol === 'http') {
      writeProblem(call, error);
    } else {
      writeError(call, error, ADAPTERS[call.protocol].errorBody(error, call.id));
    }
  }

  /** Lists over all upstreams are our own; below `/llm/{slug}` the upstream's passes where it is in the caller's protocol. */
  private isCatalogue({ operation, slug, protocol }: LlmPath): boolean {
    if (operation !== 'models' && operation !== 'model') return false;
    const upstream = slug === undefined ? undefined : this.table.bySlug(slug);
    if (!upstream?.enabled) return slug === undefined;
    return upstream.protocol in ADAPTERS && upstream.protocol !== protocol;
  }

  /** What an upstream keeps, it tells. */
  private async tellStored(call: Call, path: LlmPath): Promise<void> {
    const answer = await this.stored.answer(call, path);
    if (answer === undefined) await this.planner.serve(call, path);
    else tell(call, answer);
  }

  private async list(call: Call, path: LlmPath): Promise<void> {
    assertReads(call);
    tell(call, await this.catalogue.answer(call, path));
  }
}

function tell(call: Call, answer: object): void {
  const text = Buffer.from(JSON.stringify(answer));
  call.res.writeHead(200, {
    'content-type': 'application/json; charset=utf-8',
    'content-length': text.length,
    'x-request-id': call.id,
  });
  call.res.end(call.req.method === 'HEAD' ? undefined : text);
}

function assertReads(call: Call): void {
  if (call.req.method !== 'GET' && call.req.method !== 'HEAD') {
    throw new KeywheelError('method_not_allowed', 'Models can only be read.');
  }
}

function protocolOfUnknown(path: string): LlmProtocol {
  return /^\/(?:v1beta|v1alpha|upload|gemini|vertex-express)(?:\/|$)/.test(path) ? 'gemini' : 'openai';
}
