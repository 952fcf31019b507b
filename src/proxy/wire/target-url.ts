import { KeywheelError } from '../../kernel/errors.js';

/** A path that is encoded over and over deeper than this is no honest one. */
const MAX_DECODINGS = 8;

/**
 * Base path and the rest of a path, joined byte for byte: no normalising, no re-encoding, no URL parser.
 * `basePath` is empty or begins with `/`, without a trailing slash; `rest` is empty or begins with `/`, and
 * holds neither query nor fragment. Throws KeywheelError `bad_path` for whatever some server could read, in
 * any number of decodings, as a path outside the base: dot segments (also behind `;`, as overlong UTF-8 or
 * `%u` escapes), backslashes, control characters, a leading `//`.
 */
export function joinTarget(basePath: string, rest: string): string {
  if (rest === '') return basePath === '' ? '/' : basePath;
  if (rest.charCodeAt(0) !== 0x2f || /[ ?#]/.test(rest)) throw refused();
  assertInside(rest);
  let decoded = rest;
  for (let round = 0; decoded.includes('%'); round++) {
    if (round === MAX_DECODINGS) throw refused();
    const next = decodeOnce(decoded);
    if (next === decoded) break;
    assertInside(next);
    decoded = next;
  }
  return basePath + rest;
}

/** One look over a path in one of its decodings. */
function assertInside(path: string): void {
  if (path.charCodeAt(1) === 0x2f) throw refused();
  let segment = 0;
  let high = false;
  for (let i = 0; i <= path.length; i++) {
    const code = i === path.length ? 0x2f : path.charCodeAt(i);
    if (code < 0x20 || code === 0x7f || code === 0x5c || code > 0xff) throw refused();
    if (code >= 0xc0) high = true;
    if (code !== 0x2f && code !== 0x3b) continue;
    if (isDots(path, segment, i)) throw refused();
    segment = i + 1;
  }
  if (high) assertNoOverlong(path);
}

/** Whether path[from, to) is `.` or `..`. */
function isDots(path: string, from: number, to: number): boolean {
  if (to - from === 1) return path.charCodeAt(from) === 0x2e;
  return to - from === 2 && path.charCodeAt(from) === 0x2e && path.charCodeAt(from + 1) === 0x2e;
}

/** Overlong forms of ASCII, which careless decoders take for `.`, `/` and `\`. */
function assertNoOverlong(path: string): void {
  if (/[\xc0\xc1]|\xe0[\x80-\x9f]|\xf0[\x80-\x8f]/.test(path)) throw refused();
}

/** Each `%XX` as the one character of that code; anything else as it is. IIS's `%uXXXX` is refused. */
function decodeOnce(path: string): string {
  return path.replace(/%(?:u[0-9a-f]{4}|[0-9a-f]{2})/gi, (escape) => {
    if (escape.length > 3) throw refused();
    return String.fromCharCode(parseInt(escape.slice(1), 16));
  });
}

function refused(): KeywheelError {
  return new KeywheelError(
    'bad_path',
    'The path leads outside of the upstream, or cannot be passed on safely.',
  );
}

/**
 * Path and query (without its question mark) of a request line, as they came. An absolute-form target gives
 * its path, a fragment is dropped, an empty path is `/`; `*` stays itself.
 */
export function splitTarget(requestTarget: string): { path: string; query: string } {
  let target = requestTarget;
  if (target.charCodeAt(0) !== 0x2f) target = withoutAuthority(target);
  const fragment = target.indexOf('#');
  if (fragment !== -1) target = target.slice(0, fragment);
  const question = target.indexOf('?');
  if (question === -1) return { path: target === '' ? '/' : target, query: '' };
  return { path: question === 0 ? '/' : target.slice(0, question), query: target.slice(question + 1) };
}

function withoutAuthority(target: string): string {
  const scheme = /^[a-z][a-z0-9+.-]*:\/\//i.exec(target);
  if (!scheme) return target;
  const after = target.slice(scheme[0].length);
  const end = after.search(/[/?#]/);
  return end === -1 ? '' : after.slice(end);
}
