/** What a base URL comes to, or why it cannot be one. */
export type BaseUrlReading =
  | { readonly baseUrl: string; readonly origin: string; readonly basePath: string }
  | { readonly fault: string };

/**
 * Reads a base URL: absolute http or https, without user, query and fragment. Trailing slashes go, dot segments
 * are resolved, so `baseUrl` is always `origin` + `basePath`.
 */
export function readBaseUrl(text: string): BaseUrlReading {
  // The URL parser would drop or turn these without a word.
  if (/[\s\\\p{Cc}]/u.test(text))
    return { fault: 'must not hold white space, backslashes or control characters' };
  if (!/^https?:\/\/[^/]/i.test(text) || !URL.canParse(text)) {
    return { fault: 'must be an absolute URL such as https://api.example.com/v1' };
  }
  const url = new URL(text);
  if (
    url.username ||
    url.password ||
    text
      .slice(text.indexOf('//') + 2)
      .split(/[/?#]/)[0]
      ?.includes('@')
  ) {
    return { fault: 'must not hold a user or password; keys are added to the upstream' };
  }
  if (/[?#]/.test(text)) return { fault: 'must not hold a query or fragment' };
  const basePath = url.pathname.replace(/\/+$/, '');
  return { baseUrl: url.origin + basePath, origin: url.origin, basePath };
}
