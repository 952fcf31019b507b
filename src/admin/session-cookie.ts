const NAME = 'keywheel_session';

/** The value of the session cookie in a `Cookie` header. */
export function sessionCookieOf(header: string | undefined): string | undefined {
  for (const pair of header?.split(';') ?? []) {
    const at = pair.indexOf('=');
    if (at !== -1 && pair.slice(0, at).trim() === NAME) return pair.slice(at + 1).trim() || undefined;
  }
  return undefined;
}

/** A `Set-Cookie` value; `maxAgeSeconds` 0 removes the cookie. */
export function setSessionCookie(value: string, maxAgeSeconds: number, tls: boolean): string {
  const secure = tls ? '; Secure' : '';
  return `${NAME}=${value}; Path=/; Max-Age=${maxAgeSeconds}; HttpOnly; SameSite=Strict${secure}`;
}
