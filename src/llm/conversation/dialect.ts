/**
 * A way of writing conversations on the wire. OpenAI has two, Chat Completions and Responses; Vertex Express
 * writes as Gemini does.
 */
export type Dialect = 'chat' | 'responses' | 'anthropic' | 'gemini';

/** Fields as they came, by name. */
export type Fields = Readonly<Record<string, unknown>>;

/**
 * What one dialect can say and the conversation has no word for. It comes back unharmed when the same dialect is
 * written; writing another one leaves it out, which is noted as a warning, or refused by that dialect's reader.
 */
export type Extras = Readonly<Partial<Record<Dialect, Fields>>>;
