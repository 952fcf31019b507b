import { Injectable, Optional } from '@nestjs/common';
import { type Page, pageOf, type PageQuery, rowsOf } from '../../admin/paging.js';
import { Store } from '../../database/store.js';
import { KeywheelError } from '../../kernel/errors.js';
import { KeyCounts } from '../ports.js';
import { UpstreamRow } from '../upstream-row.js';
import { UpstreamWriter } from '../upstream-writer.js';
import { unmask, type UpstreamView, viewOf } from './upstream-view.js';

/** What the admin API does with upstreams. */
@Injectable()
export class UpstreamsService {
  constructor(
    private readonly store: Store,
    private readonly writer: UpstreamWriter,
    @Optional() private readonly keyCounts?: KeyCounts,
  ) {}

  async list(query: PageQuery): Promise<Page<UpstreamView>> {
    const [rows, total] = await this.rows().findAndCount({ order: { slug: 'ASC' }, ...rowsOf(query) });
    return pageOf(query, [await this.views(rows), total]);
  }

  async get(slug: string): Promise<UpstreamView> {
    const row = await this.rows().findOneBy({ slug });
    if (!row) throw new KeywheelError('unknown_upstream', `There is no upstream ${slug}.`);
    return this.view(row);
  }

  async create(body: unknown): Promise<UpstreamView> {
    return this.view(await this.writer.create(body));
  }

  async change(slug: string, body: unknown): Promise<UpstreamView> {
    return this.view(await this.writer.change(slug, (row) => unmask(body, row)));
  }

  remove(slug: string): Promise<void> {
    return this.writer.remove(slug);
  }

  private async view(row: UpstreamRow): Promise<UpstreamView> {
    const [view] = await this.views([row]);
    return view as UpstreamView;
  }

  private async views(rows: readonly UpstreamRow[]): Promise<UpstreamView[]> {
    const counts = await this.keyCounts?.countsOf(rows.map(({ id }) => id));
    return rows.map((row) => viewOf(row, counts && (counts.get(row.id) ?? {})));
  }

  private rows() {
    return this.store.manager.getRepository(UpstreamRow);
  }
}
