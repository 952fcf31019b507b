import { Injectable } from '@nestjs/common';
import { HttpClient } from '../../../egress/http-client.js';
import { KeywheelError } from '../../../kernel/errors.js';
import type { Conversation, Message } from '../../conversation/conversation.js';
import type { MediaPart, Part } from '../../conversation/parts.js';
import type { AskedCall } from '../operation.js';

/** For all URLs of one call together; base64 makes a third more of it, and providers take no more in one request. */
const MOST_BYTES = 20 * 1024 * 1024;
/** For all of them. */
const TIME_OUT_MS = 30_000;
/** URLs of one call. */
const MOST_URLS = 100;

/** Which parts cannot stay URLs. */
type Wanted = (part: MediaPart) => boolean;

/** What was fetched for one call, by URL. */
export class Fetched extends Map<string, Media> {
  /** Bytes that are left for what is still to be fetched. */
  room = MOST_BYTES;
}

/** The call whose media they are. */
interface Asking {
  readonly asked: Pick<AskedCall, 'signal' | 'admit'>;
  readonly fetched: Fetched;
}

/** Brings what a caller names by URL, for upstreams that fetch nothing themselves. */
@Injectable()
export class MediaFetcher {
  constructor(private readonly http: HttpClient) {}

  /**
   * The conversation with the bytes of the wanted URLs in it; the very same where none is wanted. Addresses are
   * guarded like those of upstreams, and nothing is asked of them before the token's limits let the call through.
   * @throws KeywheelError media_unreachable, token_limit
   */
  async withMedia(conversation: Conversation, wanted: Wanted, call: Asking): Promise<Conversation> {
    const urls = new Set<string>();
    for (const part of mediaIn(conversation.messages)) {
      if (part.source.kind === 'url' && wanted(part)) urls.add(part.source.url);
    }
    if (urls.size === 0) return conversation;
    if (urls.size > MOST_URLS) throw unreachable(`More than ${MOST_URLS} URLs would have to be fetched.`);
    await call.asked.admit();
    await this.fetchAll(urls, call);
    const replace = (part: Part): Part => inlined(part, call.fetched, wanted);
    const messages = conversation.messages.map((message): Message => ({
      ...message,
      parts: message.parts.map(replace),
    }));
    return { ...conversation, messages };
  }

  private async fetchAll(urls: ReadonlySet<string>, { asked, fetched }: Asking): Promise<void> {
    const until = Date.now() + TIME_OUT_MS;
    for (const url of urls) {
      if (fetched.has(url)) continue;
      const { room } = fetched;
      const timeoutMs = Math.max(until - Date.now(), 1);
      const one = await this.fetch(url, { room, timeoutMs, signal: asked.signal });
      fetched.room -= one.bytes.length;
      fetched.set(url, one);
    }
  }

  private async fetch(url: string, { room, timeoutMs, signal }: Bounds): Promise<Media> {
    const host = hostOf(url);
    if (host === undefined) throw unreachable('A URL in the request is not valid.');
    try {
      const request = { method: 'GET', url, timeoutMs, maxBytes: Math.max(room, 1), signal };
      const { status, headers, body } = await this.http.download(request);
      if (status !== 200) throw unreachable(`${host} answered ${status} to the URL in the request.`);
      return { bytes: Buffer.from(body), mime: headers['content-type']?.split(';', 1)[0]?.trim() };
    } catch (error) {
      if (!(error instanceof KeywheelError) || error.code === 'client_gone') throw error;
      throw error.code === 'media_unreachable' ? error : unreachable(error.message);
    }
  }
}

/** What is left for one URL, of what all may take. */
interface Bounds {
  readonly room: number;
  readonly timeoutMs: number;
  readonly signal: AbortSignal;
}

interface Media {
  readonly bytes: Buffer;
  readonly mime: string | undefined;
}

function* mediaIn(messages: readonly Message[]): Iterable<MediaPart> {
  for (const { parts } of messages) {
    for (const part of parts) {
      if (part.kind === 'media') yield part;
      else if (part.kind === 'result') {
        for (const inner of part.parts) if (inner.kind === 'media') yield inner;
      }
    }
  }
}

function inlined(part: Part, fetched: Fetched, wanted: Wanted): Part {
  if (part.kind === 'result') {
    return { ...part, parts: part.parts.map((inner) => inlined(inner, fetched, wanted)) };
  }
  if (part.kind !== 'media' || part.source.kind !== 'url' || !wanted(part)) return part;
  const found = fetched.get(part.source.url);
  if (!found) return part;
  const mime = part.mime ?? found.mime;
  const source = { kind: 'base64', data: found.bytes.toString('base64') } as const;
  return { ...part, source, ...(mime !== undefined && { mime }) };
}

function hostOf(url: string): string | undefined {
  return URL.canParse(url) ? new URL(url).host : undefined;
}

function unreachable(message: string): KeywheelError {
  return new KeywheelError('media_unreachable', message);
}
