import { checkRequest } from '../../fakes/provider-schemas/request-check.ts';
import type { KeyScript, Scripted } from '../../fakes/scripted-upstream/behaviour.ts';
import { ScriptedUpstream } from '../../fakes/scripted-upstream/scripted-upstream.ts';
import type { AdminClient, UpstreamSpec } from './admin-client.ts';
import { newSecret } from './secrets.ts';
import { startGateway, type Gateway, type GatewayOptions } from './start-gateway.ts';

export type Speech = 'openai' | 'anthropic' | 'gemini' | 'http';

/** How keys of each provider look. */
const PREFIX: Readonly<Record<Speech, string>> = {
  openai: 'sk-proj-',
  anthropic: 'sk-ant-api03-',
  gemini: 'AIzaSy',
  http: 'tok-',
};

export const MODEL: Readonly<Record<Speech, string>> = {
  openai: 'gpt-4o-mini',
  anthropic: 'claude-haiku-4-5',
  gemini: 'gemini-2.5-flash',
  http: '',
};

/** A gateway in front of a scripted upstream, with one client token. */
export interface House {
  readonly gateway: Gateway;
  readonly admin: AdminClient;
  readonly upstream: ScriptedUpstream;
  readonly url: string;
  /** Secret of a client's access token. */
  readonly token: string;
  /** Adds an upstream with one key per entry; each key does what its entry says. Answers the keys. */
  readonly pool: (
    slug: string,
    speech: Speech,
    scripts: readonly (KeyScript | Scripted)[],
    spec?: Partial<UpstreamSpec>,
  ) => Promise<string[]>;
  readonly close: () => Promise<void>;
}

export async function openHouse(options: GatewayOptions = {}): Promise<House> {
  const upstream = await ScriptedUpstream.start({ check: checkRequest });
  const gateway = await startGateway(options).catch(async (thrown: unknown) => {
    await upstream.close();
    throw thrown;
  });
  const { admin, url } = gateway;
  const { secret: token } = await admin.createToken();
  const pool: House['pool'] = async (slug, speech, scripts, spec = {}) => {
    const keys = scripts.map((entry) => {
      const key = newSecret(PREFIX[speech]);
      upstream.keys.set(key, asScript(entry));
      return key;
    });
    await admin.addUpstream({ slug, protocol: speech, baseUrl: baseUrlOf(upstream, speech), ...spec });
    if (keys.length > 0) await admin.addKeys(slug, keys);
    return keys;
  };
  const close = async () => {
    await gateway.stop();
    await upstream.close();
  };
  return { gateway, admin, upstream, url, token, pool, close };
}

export function baseUrlOf(upstream: ScriptedUpstream, speech: Speech): string {
  return upstream.url + { openai: '/v1', anthropic: '', gemini: '', http: '/plain' }[speech];
}

function asScript(entry: KeyScript | Scripted): KeyScript {
  if (typeof entry === 'string' || 'kind' in entry) return { then: entry };
  return entry;
}
