import { ProgrammedUpstream } from '../../fakes/programmed-upstream/programmed-upstream.ts';
import { newSecret } from '../support/secrets.ts';
import { startGateway, type Gateway } from '../support/start-gateway.ts';
import { FILES } from './features/media.ts';
import { UPSTREAMS, isOpenai, type UpstreamName } from './feature.ts';

/** A gateway before a programmed upstream of each kind. */
export interface Bench {
  readonly gateway: Gateway;
  readonly upstream: ProgrammedUpstream;
  readonly token: string;
  /** Where the upstream of a kind is found. */
  readonly slugOf: (name: UpstreamName) => string;
  readonly close: () => Promise<void>;
}

export const MODELS: Readonly<Record<UpstreamName, string>> = {
  openai: 'gpt-4.1',
  'openai-chat': 'gpt-4.1',
  'openai-responses': 'gpt-4.1',
  anthropic: 'claude-haiku-4-5',
  gemini: 'gemini-2.5-flash',
  'vertex-express': 'gemini-2.5-flash',
};

interface Kind {
  readonly preset: string;
  readonly protocol: string;
  readonly responsesApi?: string;
}

const KINDS: Readonly<Record<UpstreamName, Kind>> = {
  openai: { preset: 'openai', protocol: 'openai' },
  'openai-chat': { preset: 'openai', protocol: 'openai', responsesApi: 'none' },
  'openai-responses': { preset: 'openai', protocol: 'openai', responsesApi: 'preferred' },
  anthropic: { preset: 'anthropic', protocol: 'anthropic' },
  gemini: { preset: 'gemini', protocol: 'gemini' },
  'vertex-express': { preset: 'vertex-express', protocol: 'gemini' },
};

export async function openBench(): Promise<Bench> {
  const gateway = await startGateway();
  const bench = await benchAt(gateway);
  const close = async () => {
    await bench.close();
    await gateway.stop();
  };
  return { ...bench, close };
}

/** For each caller upstreams that are programmed for it alone, so that callers need not wait for each other. */
export async function openBenches<Name extends string>(
  callers: readonly Name[],
): Promise<{ readonly of: Readonly<Record<Name, Bench>>; readonly close: () => Promise<void> }> {
  const gateway = await startGateway();
  const benches = await Promise.all(callers.map((caller) => benchAt(gateway, `${caller}-to-`)));
  const of = Object.fromEntries(callers.map((caller, at) => [caller, benches[at]!])) as Record<Name, Bench>;
  const close = async () => {
    for (const bench of benches) await bench.close();
    await gateway.stop();
  };
  return { of, close };
}

async function benchAt(gateway: Gateway, prefix = ''): Promise<Bench> {
  const upstream = await ProgrammedUpstream.start();
  for (const [path, file] of Object.entries(FILES)) upstream.files.set(path, file);
  // Where no key is free, nobody waits.
  await gateway.admin.changeSettings({ maxWaitMs: 0 });
  const { secret: token } = await gateway.admin.createToken();
  const slugOf = (name: UpstreamName) => prefix + name;
  for (const name of UPSTREAMS) await addUpstream({ gateway, upstream }, name, slugOf(name));
  return { gateway, upstream, token, slugOf, close: () => upstream.close() };
}

/** An upstream of its own for what harms one. */
export async function addUpstream(
  { gateway, upstream }: Pick<Bench, 'gateway' | 'upstream'>,
  name: UpstreamName,
  slug: string,
): Promise<void> {
  const baseUrl = upstream.url + (isOpenai(name) ? '/v1' : '');
  await gateway.admin.addUpstream({ slug, baseUrl, ...KINDS[name] });
  await gateway.admin.addKeys(slug, [newSecret(), newSecret()]);
}
