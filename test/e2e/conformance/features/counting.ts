import type { Json } from '../../../fakes/programmed-upstream/programmed-upstream.ts';
import { isOpenai, type Outcome, type ProvenFeature } from '../feature.ts';
import { until } from '../../support/until.ts';
import { addUpstream, type Bench } from '../bench.ts';
import { call, type Cell } from '../call.ts';
import { lost } from '../outcomes.ts';
import { sdkTexts } from '../sdk-streams.ts';

const group = 'Usage';

interface Counted {
  readonly upstream: string;
  readonly inputTokens: number;
  readonly outputTokens: number;
}

let slugs = 0;

async function recorded(bench: Bench, slug: string, output: number): Promise<Outcome> {
  try {
    await until(
      async () => {
        const { byUpstream } = await bench.gateway.admin.get<{ byUpstream: Counted[] }>('/stats?window=1h');
        const found = byUpstream.find(({ upstream }) => upstream === slug);
        return found?.inputTokens === 9 && found.outputTokens >= output;
      },
      `counts of ${slug}`,
      3000,
    );
    return 'kept';
  } catch (error) {
    return lost(String(error));
  }
}

async function fresh(bench: Bench, { upstream }: Cell): Promise<string> {
  const slug = `counted-${++slugs}`;
  await addUpstream(bench, upstream, slug);
  bench.upstream.next();
  return slug;
}

/** Hears the whole text, and goes before the end. */
async function leaves(bench: Bench, cell: Cell, slug: string): Promise<boolean> {
  const leaving = new AbortController();
  let text = '';
  try {
    for await (const piece of sdkTexts(bench, cell, slug, leaving.signal)) {
      text += String(piece);
      if (text.includes('there')) leaving.abort();
    }
  } catch {
    // Some SDKs throw when they are stopped, others just end.
  }
  return leaving.signal.aborted;
}

export const COUNTING: readonly ProvenFeature[] = [
  {
    group,
    name: 'recorded in /stats',
    async run(bench, cell) {
      const slug = await fresh(bench, cell);
      await call(bench, cell, cell.caller.plain, { slug });
      return recorded(bench, slug, 3);
    },
  },
  {
    group,
    name: 'recorded of a stream whose client did not ask for it',
    streamOnly: true,
    async run(bench, cell) {
      // A chat that is passed on as it came is told no counts, unless the client asked for them.
      if (cell.caller.name !== 'chat' || isOpenai(cell.upstream)) return '–';
      const slug = await fresh(bench, cell);
      const silent = { ...cell.caller, body: (said: Json) => said };
      const heard = await call(bench, { ...cell, caller: silent }, cell.caller.plain, { slug });
      if (heard.text.includes('"usage":{')) return lost('usage was told unasked');
      return recorded(bench, slug, 3);
    },
  },
  {
    group,
    name: 'recorded of a stream that the client left (what was told until then)',
    streamOnly: true,
    async run(bench, cell) {
      // OpenAI tells its counts at the very end.
      if (isOpenai(cell.upstream)) return '–';
      const slug = await fresh(bench, cell);
      bench.upstream.next({ ending: 'open' });
      if (!(await leaves(bench, cell, slug))) return lost('ended by itself');
      return recorded(bench, slug, 0);
    },
  },
];
