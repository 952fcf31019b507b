import type { KeywheelError } from '../kernel/errors.js';
import type { Call } from './call.js';

/** A way into the data plane: it knows the paths of one family and their protocol. */
export interface Entry<Found = unknown> {
  /** Notes protocol and operation, as far as the path tells them, and what else was found in it; never throws. */
  recognise(call: Call): Found;
  /** Whether the call needs no access token. */
  isPublic?(found: Found): boolean;
  /** Answers a call, identified unless it is public, or throws a KeywheelError. */
  serve(call: Call, found: Found): Promise<void>;
  /** Tells the client of an error in its own protocol; nothing has been sent before. */
  renderError(call: Call, error: KeywheelError): void;
}
