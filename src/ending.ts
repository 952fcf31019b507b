/** Ctrl-C reaches every process of a terminal, and npm passes it on: what comes this soon is the same signal. */
const SAME_SIGNAL_MS = 1_000;

/** `first` at the first wish to end, `second` at another one that comes a second later or more. */
export function onEnd(first: (signal: string) => void, second: () => void): (signal: string) => void {
  let since: number | undefined;
  const end = (signal: string) => {
    if (since === undefined) {
      since = performance.now();
      first(signal);
    } else if (performance.now() - since > SAME_SIGNAL_MS) second();
  };
  process.on('SIGTERM', end).on('SIGINT', end);
  return end;
}
