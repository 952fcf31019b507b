/** A contestant that is up. */
export interface Running {
  readonly pid: number;
  /** Where the load goes. */
  readonly target: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly stop: () => Promise<void>;
}

export interface Contestant {
  readonly name: string;
  readonly what: string;
  /** Throws `Unavailable` where this machine does not have it. */
  readonly start: (upstream: string) => Promise<Running>;
}

export const CHAT = '/v1/chat/completions';
export const MESSAGES = '/v1/messages';
