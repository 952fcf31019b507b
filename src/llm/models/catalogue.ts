import { Injectable } from '@nestjs/common';
import { KeywheelError } from '../../kernel/errors.js';
import type { Call } from '../../proxy/call.js';
import { Reception } from '../../proxy/reception.js';
import { UpstreamTable } from '../../upstreams/upstream-table.js';
import { ADAPTERS } from '../adapters/adapters.js';
import type { LlmPath, LlmProtocol } from '../llm-path.js';
import type { Candidate } from '../candidate.js';
import { RouteFinder } from '../route-finder.js';
import { Discovery } from './discovery.js';
import type { ListedModel } from './listed-model.js';

/** The models that a caller may use, over all upstreams, as one list in the caller's protocol. */
@Injectable()
export class Catalogue {
  constructor(
    private readonly table: UpstreamTable,
    private readonly discovery: Discovery,
    private readonly reception: Reception,
    private readonly routes: RouteFinder,
  ) {}

  /** The body of the answer to `/v1/models`, `/v1/models/{id}` and their like. @throws KeywheelError unknown_model */
  async answer(call: Call, path: LlmPath): Promise<object> {
    const protocol = path.protocol!;
    await this.discovery.refreshMissing();
    const models = this.modelsFor(call, protocol, path.slug);
    const adapter = ADAPTERS[protocol];
    if (path.model === undefined) return adapter.listModels(models, new URLSearchParams(call.query));
    const found = models.find(({ id }) => id === path.model);
    if (found) return adapter.describeModel(found);
    throw new KeywheelError('unknown_model', `No upstream here has the model "${path.model}".`, {
      param: 'model',
    });
  }

  /**
   * Each name once, in order of their names: routes with a target that the caller may use, then the models of the
   * upstream of the best priority that has them.
   */
  private modelsFor(call: Call, protocol: LlmProtocol, slug: string | undefined): ListedModel[] {
    const upstreams = this.table
      .all()
      .filter((one) => one.enabled && one.protocol in ADAPTERS && (slug === undefined || one.slug === slug))
      .sort((one, other) => other.priority - one.priority);
    const merged = new Map<string, ListedModel>();
    for (const route of slug === undefined ? this.routes.all() : []) {
      // Whatever its targets speak: what they cannot say in the caller's protocol is told when it is asked for.
      if (this.routes.targets(route).some((target) => this.allows(call, target)))
        merged.set(route.model, { id: route.model, owner: 'keywheel' });
    }
    for (const upstream of upstreams) {
      for (const model of this.discovery.modelsOf(upstream)) {
        if (!merged.has(model.id) && this.reception.allows(call, upstream.slug, model.id))
          merged.set(model.id, upstream.protocol === protocol ? model : described(model));
      }
    }
    return [...merged.values()].sort((one, other) => (one.id < other.id ? -1 : 1));
  }

  private allows(call: Call, { upstream, asked, model, route }: Candidate): boolean {
    return [asked, model, route].some((name) => this.reception.allows(call, upstream.slug, name));
  }
}

/** A model of another protocol, without its own description, which means nothing in this one. */
function described({ id, owner }: ListedModel): ListedModel {
  return { id, owner };
}
