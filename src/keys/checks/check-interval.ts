/** The longest pause between two probes of one key. */
export const MAX_INTERVAL_SECONDS = 6 * 3600;

/** The pause after the next probe fails too: doubled, up to six hours and never below the base. */
export function nextInterval(seconds: number, baseSeconds: number): number {
  return Math.max(baseSeconds, Math.min(seconds * 2, MAX_INTERVAL_SECONDS));
}

/**
 * The interval as milliseconds, moved by up to a tenth to either side, so that keys that failed together are
 * not probed together. `random` is in [0, 1).
 */
export function spread(seconds: number, random: number): number {
  return Math.round(seconds * 1000 * (0.9 + 0.2 * random));
}
