import type { Json } from '../../fakes/programmed-upstream/programmed-upstream.ts';
import { MODELS, type Bench } from './bench.ts';
import type { Caller } from './callers.ts';
import type { UpstreamName } from './feature.ts';
import { SDKS } from './sdks.ts';
import { Wire } from './wire.ts';

export interface Cell {
  readonly caller: Caller;
  readonly upstream: UpstreamName;
  readonly stream: boolean;
}

export interface Heard {
  readonly status: number;
  readonly headers: Headers;
  /** The answer as it came over the wire. */
  readonly text: string;
  /** The body as it went out. */
  readonly sent: string;
  /** What the SDK made of the answer; absent where it threw. */
  readonly answer?: Json;
  readonly thrown?: unknown;
}

export interface Asked {
  readonly model?: string | undefined;
  readonly slug?: string;
  readonly betas?: readonly string[] | undefined;
}

/** One call of a client, by the official SDK of its protocol. */
export async function call(bench: Bench, cell: Cell, said: Json, asked: Asked = {}): Promise<Heard> {
  const { caller, stream } = cell;
  const { model = MODELS[cell.upstream], slug = bench.slugOf(cell.upstream), betas } = asked;
  const wire = new Wire();
  const line = { url: bench.gateway.url, token: bench.token, path: `/llm/${slug}`, fetch: wire.fetch };
  const question = { said: caller.body(said, stream), model, stream, ...(betas && { betas }) };
  const [given] = await Promise.allSettled([SDKS[caller.name].ask(line, question)]);
  return {
    ...(await wire.heard()),
    ...(given.status === 'fulfilled' ? { answer: given.value } : { thrown: given.reason as unknown }),
  };
}
