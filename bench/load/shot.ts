/** One burst of load. */
export interface Aim {
  readonly target: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly seconds: number;
  readonly connections?: number;
  /** Requests a second over all connections, evenly random; as fast as they are answered without it. */
  readonly rate?: number;
  /** Sent in turn. */
  readonly bodies?: readonly string[];
}

/** What came of it. */
export interface Shot {
  readonly requestsPerSecond: number;
  readonly requests: number;
  /** Milliseconds. */
  readonly p50: number;
  readonly p99: number;
  /** Answers other than 2xx. */
  readonly refused: number;
  /** Connections that broke, and answers that never came. */
  readonly broken: number;
}

export const CONNECTIONS = 64;

/** One kilobyte of an ordinary chat. */
export function chat(more: object = {}): string {
  return JSON.stringify({
    model: 'gpt-4o-mini',
    messages: [{ role: 'user', content: 'y'.repeat(940) }],
    temperature: 0.2,
    ...more,
  });
}

/** Half of the rate that was reached, for load at which nothing should queue. */
export function halfOf({ requestsPerSecond }: Shot): number {
  return Math.max(1, requestsPerSecond / 2);
}
