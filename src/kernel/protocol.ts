/** The wire protocols that callers and upstreams speak. `http` is any other API. */
export const PROTOCOLS = ['openai', 'anthropic', 'gemini', 'http'] as const;
export type Protocol = (typeof PROTOCOLS)[number];
