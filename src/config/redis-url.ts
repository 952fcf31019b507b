/** Where Redis is and how it is reached, read from `REDIS_URL`. */
export type RedisPlace =
  | { readonly kind: 'single'; readonly url: string }
  | {
      readonly kind: 'sentinel';
      readonly nodes: readonly Node[];
      readonly name: string;
      readonly login: Login;
      readonly tls: boolean;
      readonly db: number;
    }
  | {
      readonly kind: 'cluster';
      readonly nodes: readonly Node[];
      readonly login: Login;
      readonly tls: boolean;
    };

interface Node {
  readonly host: string;
  readonly port: number;
}

interface Login {
  readonly username?: string;
  readonly password?: string;
}

export const REDIS_URL_FORMS =
  'redis://user:password@host:6379/0, rediss://… for TLS, redis+sentinel://host:26379,host:26379/name/0 or redis+cluster://host:6379,host:6379';

const SEVERAL =
  /^(redis|rediss)\+(sentinel|cluster):\/\/(?:([^@/]*)@)?([^/]+)(?:\/([^/]+))?(?:\/(\d{1,4}))?\/?$/i;

/**
 * The place, or undefined where the text has none of the known forms. `rediss+sentinel` and `rediss+cluster` speak
 * TLS to all nodes. A user and password are those of Redis itself; sentinels are asked without.
 */
export function parseRedisUrl(text: string): RedisPlace | undefined {
  if (/^rediss?:\/\//i.test(text)) {
    return URL.canParse(text) && new URL(text).hostname !== '' ? { kind: 'single', url: text } : undefined;
  }
  const found = SEVERAL.exec(text);
  if (!found) return undefined;
  const [, scheme = '', kind = '', login, hosts = '', name, db] = found;
  const isSentinel = kind.toLowerCase() === 'sentinel';
  const nodes = hosts.split(',').map((host) => nodeOf(host, isSentinel ? 26_379 : 6379));
  if (!nodes.every((node) => node !== undefined)) return undefined;
  const common = { nodes, login: loginOf(login), tls: scheme.toLowerCase() === 'rediss' };
  if (isSentinel) return name ? { kind: 'sentinel', ...common, name, db: Number(db ?? 0) } : undefined;
  return name === undefined ? { kind: 'cluster', ...common } : undefined;
}

function nodeOf(text: string, defaultPort: number): Node | undefined {
  if (!URL.canParse(`redis://${text}`)) return undefined;
  const { hostname, port } = new URL(`redis://${text}`);
  return hostname === ''
    ? undefined
    : { host: hostname.replace(/^\[|\]$/g, ''), port: Number(port) || defaultPort };
}

function loginOf(text: string | undefined): Login {
  if (!text) return {};
  const colon = text.indexOf(':');
  const [username, password] = colon < 0 ? [text, ''] : [text.slice(0, colon), text.slice(colon + 1)];
  return {
    ...(username && { username: decodeURIComponent(username) }),
    ...(password && { password: decodeURIComponent(password) }),
  };
}
