import { createHmac } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { Injectable } from '@nestjs/common';
import { Config } from '../config/config.js';
import { KeywheelError } from '../kernel/errors.js';
import { headerOf } from './wire/header-of.js';
import { PRESETS } from '../upstreams/presets.js';
import type { Upstream } from '../upstreams/upstream.js';

/** Which gateways a call has come through. Keywheel's own name for RFC 8586's idea, which providers do not know either. */
export const VIA = 'x-keywheel-via';
const LIST = /^[0-9a-f]{16}(?:, ?[0-9a-f]{16})*$/;
const COMMA = /, ?/;
/** In a row, each in front of the next; more of them are a loop whose gateways do not know each other. */
const MOST_GATEWAYS = 8;
const NOWHERE: readonly string[] = [];

/** Providers' own hosts lead nowhere back here, and are not to learn from a mark which keys belong together. */
const PROVIDERS: ReadonlySet<string> = new Set(
  PRESETS.flatMap(({ baseUrl }) => (baseUrl?.startsWith('https:') ? [new URL(baseUrl).origin] : [])),
);
const AZURE = '.azure.com';

/**
 * An upstream whose base URL leads back here, directly or through other gateways, would call without end. So each
 * call goes out with the mark of this gateway, and one that comes in with it is refused. Instances with the same
 * master key are one gateway; the mark tells nothing of the key.
 */
@Injectable()
export class LoopGuard {
  private readonly mark: string;

  constructor(config: Config) {
    const key = Buffer.from(config.masterKey.reveal(), 'base64');
    this.mark = createHmac('sha256', key).update('keywheel via').digest('hex').slice(0, 16);
  }

  /** loop_detected where the call has come through here before. */
  refusal(req: IncomingMessage): KeywheelError | undefined {
    const before = headerOf(req, VIA);
    if (before === undefined) return undefined;
    const gateways = gatewaysIn(before);
    if (!gateways.includes(this.mark) && gateways.length < MOST_GATEWAYS) return undefined;
    return new KeywheelError(
      'loop_detected',
      'This call has come through this gateway before: the base URL of an upstream leads back to it.',
    );
  }

  /** What the upstream hears of the way here, if anything; for a call of our own without `req`. */
  trail({ origin }: Pick<Upstream, 'origin'>, req?: IncomingMessage): string | undefined {
    if (PROVIDERS.has(origin) || origin.endsWith(AZURE)) return undefined;
    const before = req && headerOf(req, VIA);
    return before === undefined ? this.mark : [...gatewaysIn(before), this.mark].join(', ');
  }
}

/** Anything else than a list of marks was made up and says nothing. */
function gatewaysIn(text: string): readonly string[] {
  return LIST.test(text) ? text.split(COMMA) : NOWHERE;
}
