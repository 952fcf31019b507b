import { randomBytes } from 'node:crypto';
import type { Scripted } from '../test/fakes/scripted-upstream/behaviour.ts';
import { ScriptedUpstream } from '../test/fakes/scripted-upstream/scripted-upstream.ts';
import type { AdminClient } from '../test/e2e/support/admin-client.ts';

/** A key of the demo and what it is like. */
export interface Actor {
  readonly upstream: string;
  readonly key: string;
  readonly part: string;
  readonly good: boolean;
  /** Filled in once the gateway has stored the key. */
  id: string;
}

interface Pool {
  readonly slug: string;
  readonly prefix: string;
  readonly path: string;
  readonly models: readonly string[];
  readonly cast: readonly (readonly [part: string, plays: Scripted])[];
}

const POOLS: readonly Pool[] = [
  {
    slug: 'openai',
    prefix: 'sk-proj-',
    path: '/v1',
    models: ['gpt-4o-mini', 'text-embedding-3-small'],
    cast: [
      ['good', 'good'],
      ['good', 'good'],
      ['rate limited for 20 s', { kind: 'rate_limited', retryAfter: 20 }],
      ['out of credit', 'exhausted'],
      ['revoked', 'unauthorized'],
    ],
  },
  {
    slug: 'anthropic',
    prefix: 'sk-ant-api03-',
    path: '',
    models: ['claude-haiku-4-5'],
    cast: [
      ['overloaded', { kind: 'server_error', status: 529 }],
      ['good', 'good'],
      ['rate limited for 30 s', { kind: 'rate_limited', retryAfter: 30 }],
    ],
  },
  {
    slug: 'gemini',
    prefix: 'AIzaSy',
    path: '',
    models: ['gemini-2.5-flash'],
    cast: [
      ['not a key at all', 'invalid_key'],
      ['daily quota used up', 'exhausted'],
      ['good', 'good'],
    ],
  },
];

/** One provider that plays three, with keys that are good, limited and dead. */
export async function openScene(): Promise<{ upstream: ScriptedUpstream; actors: Actor[] }> {
  const upstream = await ScriptedUpstream.start();
  const actors: Actor[] = [];
  for (const { slug, prefix, cast } of POOLS) {
    for (const [part, plays] of cast) {
      const key = prefix + randomBytes(16).toString('hex');
      upstream.keys.set(key, { then: plays });
      actors.push({ upstream: slug, key, part, good: plays === 'good', id: '' });
    }
  }
  return { upstream, actors };
}

/** What a person would do in the admin API: three upstreams, their keys, one access token. Answers its secret. */
export async function setUp(
  admin: AdminClient,
  upstream: ScriptedUpstream,
  actors: readonly Actor[],
): Promise<string> {
  for (const { slug, path, models } of POOLS) {
    await admin.addUpstream({ slug, preset: slug, protocol: slug, baseUrl: upstream.url + path, models });
    const own = actors.filter((actor) => actor.upstream === slug);
    await admin.addKeys(
      slug,
      own.map(({ key }) => key),
    );
    const stored = await admin.keys(slug);
    for (const actor of own) {
      const [start, end] = [actor.key.slice(0, 4), actor.key.slice(-4)];
      actor.id = stored.find(({ masked }) => masked.startsWith(start) && masked.endsWith(end))?.id ?? '';
    }
  }
  return (await admin.createToken({ name: 'demo', role: 'client' })).secret;
}
