import { Injectable } from '@nestjs/common';
import { KeywheelError } from '../../kernel/errors.js';
import type { Call } from '../../proxy/call.js';
import { queryValues } from '../../proxy/wire/query.js';
import type { Upstream } from '../../upstreams/upstream.js';
import { UpstreamTable } from '../../upstreams/upstream-table.js';
import type { Fields } from '../conversation/dialect.js';
import type { LlmPath } from '../llm-path.js';
import { OpenAiResources } from '../openai-resources/openai-resources.js';
import { type KeptResponse, KeptResponses } from './kept-responses.js';

const PATH = /\/responses\/(resp_[^/]+)(?:\/(input_items|cancel))?$/;

/**
 * `GET` and `DELETE /v1/responses/{id}` and `GET …/input_items`, for answers that are kept here.
 * https://platform.openai.com/docs/api-reference/responses/get
 */
@Injectable()
export class StoredResponses {
  constructor(
    private readonly kept: KeptResponses,
    private readonly table: UpstreamTable,
    private readonly elsewhere: OpenAiResources,
  ) {}

  /** An upstream that has Responses of its own keeps them itself, and may be named in the path. */
  mayHold({ operation, slug }: LlmPath): boolean {
    if (operation !== 'stored_response') return false;
    return slug === undefined || this.table.bySlug(slug)?.responsesApi === 'none';
  }

  /**
   * @returns undefined where an upstream is known to keep it
   * @throws KeywheelError not_found, method_not_allowed, bad_request
   */
  async answer(call: Call, path: LlmPath): Promise<object | undefined> {
    if (path.slug === undefined && (await this.elsewhere.isKeptBy(this.keepers(), path))) return undefined;
    return this.answerHere(call);
  }

  private keepers(): readonly Upstream[] {
    const keeps = ({ enabled, protocol, responsesApi }: Upstream) =>
      enabled && protocol === 'openai' && responsesApi !== 'none';
    return this.table.all().filter(keeps);
  }

  private async answerHere(call: Call): Promise<object> {
    const [, id = '', below] = PATH.exec(call.path) ?? [];
    const owner = call.token?.id ?? '';
    const { method = 'GET' } = call.req;
    if (below === 'cancel') {
      throw new KeywheelError('bad_request', 'Only responses that run in the background can be cancelled.');
    }
    if (method === 'DELETE' && below === undefined) {
      if (!(await this.kept.remove(owner, id))) throw missing(id);
      return { id, object: 'response', deleted: true };
    }
    if (method !== 'GET' && method !== 'HEAD') {
      throw new KeywheelError('method_not_allowed', `${call.path} cannot be asked by ${method}.`);
    }
    const kept = await this.kept.find(owner, id);
    if (!kept) throw missing(id);
    return below === undefined ? kept.response : listOf(kept, call.query);
  }
}

function missing(id: string): KeywheelError {
  return new KeywheelError(
    'not_found',
    `Response with id '${id}' not found. One that an upstream keeps itself is at /llm/{upstream}/v1/responses/${id}.`,
    { param: 'response_id' },
  );
}

/** A page of the items, the latest first unless asked otherwise. */
function listOf({ input }: KeptResponse, query: string): Fields {
  const [order] = queryValues(query, 'order');
  const [after] = queryValues(query, 'after');
  const [asked] = queryValues(query, 'limit');
  const limit = Math.min(Math.max(Number.parseInt(asked ?? '20', 10) || 20, 1), 100);
  const ordered = order === 'asc' ? [...input] : [...input].reverse();
  const start = after === undefined ? 0 : ordered.findIndex(({ id }) => id === after) + 1;
  const data = ordered.slice(start, start + limit);
  return {
    object: 'list',
    data,
    first_id: data[0]?.id ?? null,
    last_id: data.at(-1)?.id ?? null,
    has_more: start + limit < ordered.length,
  };
}
