import type { IncomingHttpHeaders } from 'node:http';

/**
 * A header of a request, by its name in lower case; one that is repeated as HTTP joins it. Every client sends headers in
 * an order of its own, and each order is another shape of Node's object. Read here, all shapes go one general way; each
 * reader by itself V8 would compile for the shapes that it has met, and anew for each of the next.
 */
export function headerOf(req: { readonly headers: IncomingHttpHeaders }, name: string): string | undefined {
  const value = req.headers[name];
  return Array.isArray(value) ? value.join(', ') : value;
}
