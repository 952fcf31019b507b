import type { EntityManager } from 'typeorm';
import type { RouteTarget } from './route.js';
import { RouteRow } from './route-row.js';

interface Fault {
  readonly path: string;
  readonly message: string;
}

/**
 * What is wrong with a route's targets, as far as the database can tell: an upstream that is not there or has no
 * models, or the same target twice. A target that names a route in the place of the upstream is told so: routes that lead to
 * routes could lead back, so they are refused altogether.
 */
export async function targetFaults(tx: EntityManager, targets: readonly RouteTarget[]): Promise<Fault[]> {
  const slugs = [...new Set(targets.map(({ upstream }) => upstream))];
  const known = await protocolsOf(tx, slugs);
  const routes = new Set((await tx.find(RouteRow, { select: { model: true } })).map(({ model }) => model));
  const seen = new Set<string>();
  return targets.flatMap(({ upstream, model }, place): Fault[] => {
    const name = JSON.stringify([upstream, model]);
    if (seen.has(name)) return [{ path: `targets.${place}`, message: 'is there twice' }];
    seen.add(name);
    const protocol = known.get(upstream);
    if (protocol === 'http')
      return [{ path: `targets.${place}.upstream`, message: 'is plain HTTP and has no models' }];
    if (protocol !== undefined) return [];
    const message = routes.has(upstream)
      ? 'names a route; targets are upstreams, so that no route can lead back to itself'
      : `there is no upstream ${upstream}`;
    return [{ path: `targets.${place}.upstream`, message }];
  });
}

/** By the name of the table: the room that owns it is not known here. */
async function protocolsOf(tx: EntityManager, slugs: readonly string[]): Promise<Map<string, string>> {
  const rows = await tx
    .createQueryBuilder()
    .select('u.slug', 'slug')
    .addSelect('u.protocol', 'protocol')
    .from('upstreams', 'u')
    .where('u.slug IN (:...slugs)', { slugs })
    .getRawMany<{ slug: string; protocol: string }>();
  return new Map(rows.map(({ slug, protocol }) => [slug, protocol]));
}
