import { isOpenai, type Outcome, type ProvenFeature } from '../feature.ts';
import { until } from '../../support/until.ts';
import { addUpstream, call, lost, MODELS, type Bench, type Cell } from '../measure.ts';

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

export const COUNTING: readonly ProvenFeature[] = [
  {
    group,
    name: 'recorded in /stats',
    async run(bench, cell) {
      const slug = await fresh(bench, cell);
      await call(bench, cell, cell.caller.plain, undefined, slug);
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
      const silent = {
        ...cell.caller,
        body: (said: object, model: string) => ({ ...said, model, stream: true }),
      };
      const heard = await call(bench, { ...cell, caller: silent }, cell.caller.plain, undefined, slug);
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
      const { caller } = cell;
      const leaving = new AbortController();
      const response = await fetch(bench.gateway.url + caller.path(slug, MODELS[cell.upstream], true), {
        method: 'POST',
        headers: { 'content-type': 'application/json', ...caller.headers(bench.token) },
        body: JSON.stringify(caller.body(caller.plain, MODELS[cell.upstream], true)),
        signal: leaving.signal,
      });
      const reader = response.body!.getReader();
      for (let text = ''; !text.includes('there');) {
        const { value, done } = await reader.read();
        if (done) return lost('ended by itself', text);
        text += Buffer.from(value).toString();
      }
      leaving.abort();
      return recorded(bench, slug, 0);
    },
  },
];
