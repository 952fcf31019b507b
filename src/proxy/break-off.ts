import type { ServerResponse } from 'node:http';

/**
 * Ends an answer that cannot be completed: the protocol's own error event, where there is one, then the socket. A
 * clean end would look complete to every SDK.
 */
export function breakOff(res: ServerResponse, event: string): void {
  if (event !== '' && !res.writableEnded && !res.destroyed) res.write(event, () => res.destroy());
  else res.destroy();
}
