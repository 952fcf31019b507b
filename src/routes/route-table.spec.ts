import { describe, expect, it } from 'vitest';
import type { Route, Strategy } from './route.js';
import { RouteTable } from './route-table.js';

function tableWith(strategy: Strategy, weights: readonly number[]): { table: RouteTable; route: Route } {
  const targets = weights.map((weight, place) => ({ upstream: `u${place}`, model: 'm', weight }));
  const route: Route = { id: 'r', model: 'fast', targets, strategy };
  const table = new RouteTable();
  table.replace([route]);
  return { table, route };
}

describe('RouteTable', () => {
  it('asks in the order written for failover', () => {
    const { table, route } = tableWith('failover', [1, 9, 5]);
    expect(table.order(route, [0, 1, 2], true)).toEqual([0, 1, 2]);
    expect(table.order(route, [1, 2], true)).toEqual([1, 2]);
  });

  it('asks by weight for weighted, the heaviest first among the rest', () => {
    const { table, route } = tableWith('weighted', [1, 2, 5]);
    const firsts = Array.from({ length: 8 }, () => table.order(route, [0, 1, 2], true)[0]);
    expect(firsts.filter((place) => place === 2)).toHaveLength(5);
    expect(firsts.filter((place) => place === 1)).toHaveLength(2);
    expect(table.order(route, [0, 1, 2], false)).toEqual([2, 1, 0]);
    expect(table.order(route, [], true)).toEqual([]);
  });

  it('shows whose turn it is without using it up', () => {
    const { table, route } = tableWith('weighted', [1, 1]);
    for (let n = 0; n < 5; n++) {
      const shown = table.order(route, [0, 1], false);
      expect(table.order(route, [0, 1], true)).toEqual(shown);
    }
  });

  it('is swapped whole', () => {
    const { table, route } = tableWith('failover', [1]);
    expect(table.byModel('fast')).toBe(route);
    table.replace([]);
    expect([table.byModel('fast'), table.all()]).toEqual([undefined, []]);
  });
});
