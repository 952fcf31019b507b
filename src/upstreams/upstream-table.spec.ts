import { describe, expect, it } from 'vitest';
import { define, upstreamOf } from './definition.js';
import type { Upstream } from './upstream.js';
import { type UpstreamChange, UpstreamTable } from './upstream-table.js';

const upstream = (id: string, more: object = {}): Upstream =>
  upstreamOf(id, define({ slug: id, preset: 'openai', ...more }));

function tableOf(...put: Upstream[]): UpstreamTable {
  const table = new UpstreamTable();
  table.apply({ put, dropped: [] });
  return table;
}

const slugs = (upstreams: readonly Upstream[]): string[] => upstreams.map(({ slug }) => slug);

describe('UpstreamTable', () => {
  it('finds upstreams by slug and id', () => {
    const table = tableOf(upstream('a'), upstream('b'));
    expect(table.bySlug('a')?.id).toBe('a');
    expect(table.byId('b')?.slug).toBe('b');
    expect(table.idOf('b')).toBe('b');
    expect(table.slugOf('a')).toBe('a');
    expect(table.bySlug('c')).toBeUndefined();
    expect(slugs(table.all())).toEqual(['a', 'b']);
  });

  it('finds who serves a model: listed, mapped or discovered', () => {
    const table = tableOf(
      upstream('listed', { models: ['m'], priority: 3 }),
      upstream('mapped', { modelMap: { m: 'their-m' }, priority: 2 }),
      upstream('discovered', { priority: 1 }),
      upstream('off', { models: ['m'], enabled: false }),
    );
    table.setDiscovered('discovered', ['m', 'n']);
    table.setDiscovered('listed', ['n']);
    table.setDiscovered('nobody', ['m']);
    expect(slugs(table.forModel('m'))).toEqual(['listed', 'mapped', 'discovered']);
    expect(slugs(table.forModel('n'))).toEqual(['discovered']);
    expect(table.forModel('constructor')).toEqual([]);
    expect(table.modelsOf('discovered')).toEqual(['m', 'n']);
    expect(table.modelsOf('listed')).toEqual(['m']);
    expect(table.modelsOf('mapped')).toEqual(['m']);
  });

  it('shares the first place within a priority by weight', () => {
    const table = tableOf(
      upstream('heavy', { models: ['m'], weight: 3 }),
      upstream('light', { models: ['m'], weight: 1 }),
      upstream('spare', { models: ['m'], priority: -1 }),
    );
    let heavy = 0;
    const rounds = 8000;
    for (let i = 0; i < rounds; i++) {
      const order = slugs(table.forModel('m'));
      expect(order[2]).toBe('spare');
      if (order[0] === 'heavy') heavy++;
    }
    expect(heavy / rounds).toBeGreaterThan(0.7);
    expect(heavy / rounds).toBeLessThan(0.8);
  });

  it('tells of changes after they hold', () => {
    const table = tableOf(upstream('a', { models: ['m'] }), upstream('b'));
    const seen: UpstreamChange[] = [];
    table.onChange((change) => {
      expect(table.byId('b')).toBeUndefined();
      seen.push(change);
    });
    const renamed = upstream('a', { models: ['n'] });
    table.apply({ put: [renamed], dropped: ['b'] });
    expect(seen).toEqual([{ put: [renamed], dropped: ['b'] }]);
    expect(table.forModel('m')).toEqual([]);
    expect(table.bySlug('b')).toBeUndefined();
  });
});
