import { resolve } from 'node:path';
import { Secret } from '../kernel/secret.js';
import type { DatabaseConfig } from './config.js';

export const DATABASE_URL_FORMS =
  'sqlite:./data/keywheel.db, mysql://user:password@host:3306/name or postgres://user:password@host:5432/name';

function server(kind: 'mysql' | 'postgres', text: string): DatabaseConfig | undefined {
  if (!URL.canParse(text)) return undefined;
  const url = new URL(text);
  return url.hostname === '' || url.pathname.length < 2 ? undefined : { kind, url: new Secret(text) };
}

function sqlite(path: string): DatabaseConfig | undefined {
  if (path === '') return undefined;
  if (path === ':memory:') return { kind: 'sqlite', path };
  // Both sqlite:/var/lib/x.db and sqlite:///var/lib/x.db mean the absolute path.
  return { kind: 'sqlite', path: resolve(path.startsWith('//') ? path.slice(2) : path) };
}

/** Where `DATABASE_URL` points; undefined where it has none of the known forms. */
export function parseDatabaseUrl(text: string): DatabaseConfig | undefined {
  const colon = text.indexOf(':');
  switch (text.slice(0, Math.max(colon, 0)).toLowerCase()) {
    case 'sqlite':
      return sqlite(text.slice(colon + 1));
    case 'mysql':
    case 'mariadb':
      return server('mysql', text.replace(/^mariadb/i, 'mysql'));
    case 'postgres':
    case 'postgresql':
      return server('postgres', text);
    default:
      return undefined;
  }
}
