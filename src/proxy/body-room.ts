import { Injectable } from '@nestjs/common';
import { Config } from '../config/config.js';
import { KeywheelError } from '../kernel/errors.js';
import type { MaybePromise } from '../kernel/maybe-promise.js';
import { Settings } from '../settings/settings.js';
import type { Call } from './call.js';
import { type CallBody, declaredLength, readBody } from './wire/call-body.js';
import { StreamedBody } from './wire/streamed-body.js';

/** So much of each body is counted with its call (`maxOpenCalls`): small calls pass, however many large ones there are. */
const COUNTED_WITH_CALL = 64 * 1024;
/** A body that flows through is kept up to this size, for another attempt. */
const KEPT_BYTES = 1024 * 1024;
/** Bodies may fill a quarter of free memory: what is made of one to translate it is as large again. */
const PART = 4;

/**
 * The memory that the bodies of all calls may take together. It is held until a call ends, since undici holds a body
 * for as long as its answer takes. A body for which there is no room is refused before it is read, and one without a
 * length as soon as it has grown too large; where no other is held, any may come, up to `maxBodyBytes`.
 */
@Injectable()
export class BodyRoom {
  private readonly bearable: number;
  private held = 0;

  constructor(
    private readonly settings: Settings,
    config: Config,
  ) {
    this.bearable = Math.floor(process.availableMemory() / PART / config.workers);
  }

  /** @throws KeywheelError (or rejects with it) overloaded, body_too_large or client_gone */
  read(call: Call): MaybePromise<CallBody> {
    return readBody(call.req, this.settings.values.maxBodyBytes, (bytes) =>
      this.takes(call, bytes) ? undefined : FULL,
    );
  }

  /**
   * A body that flows through. Where there is no room to keep its beginning, there can be no second attempt.
   * @throws KeywheelError body_too_large
   */
  stream(call: Call): StreamedBody {
    const most = Math.min(KEPT_BYTES, declaredLength(call.req) ?? KEPT_BYTES);
    const keep = this.takes(call, most) ? most : 0;
    const dropped = () => this.free(call);
    return new StreamedBody(call.req, { limit: this.settings.values.maxBodyBytes, keep, dropped });
  }

  /** The call has ended, or what was kept of its body is of no use any more. */
  free(call: Call): void {
    this.held -= call.heldBytes;
    call.heldBytes = 0;
  }

  /** @param bytes of the call's body that are here, or announced */
  private takes(call: Call, bytes: number): boolean {
    const more = bytes - COUNTED_WITH_CALL - call.heldBytes;
    if (more <= 0) return true;
    const most = this.settings.values.maxHeldBytes || this.bearable;
    const isAlone = this.held === call.heldBytes;
    if (!isAlone && this.held + more > most) return false;
    this.held += more;
    call.heldBytes += more;
    return true;
  }
}

const FULL = new KeywheelError(
  'overloaded',
  'The bodies of other calls fill the memory that there is for them; try again in a moment.',
  { retryAfterMs: 1000 },
);
