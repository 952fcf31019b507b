/**
 * Gives calls that came without an id one of their own, and finds the call that a result without an id belongs to:
 * the oldest open one of the same tool, which is how Gemini before 3 tells them apart.
 * https://ai.google.dev/gemini-api/docs/function-calling
 */
export class CallIds {
  private made = 0;
  private readonly open: { readonly id: string; readonly name: string }[] = [];

  /** @param scope stands in the ids that are made; unique within a conversation */
  constructor(private readonly scope: string) {}

  forCall(given: string | undefined, name: string): string {
    const id = given ?? this.make();
    this.open.push({ id, name });
    return id;
  }

  forResult(given: string | undefined, name: string): string {
    const at = this.open.findIndex((call) => (given === undefined ? call.name === name : call.id === given));
    if (at === -1) return given ?? this.make();
    return this.open.splice(at, 1)[0]!.id;
  }

  private make(): string {
    return `call_${this.scope}_${this.made++}`;
  }
}

/** A scope that fits into the ids of every provider: OpenAI takes 40 characters, Anthropic letters, digits, _ and -. */
export function scopeOf(responseId: string): string {
  const plain = responseId.replace(/[^A-Za-z0-9_-]/g, '');
  return plain === '' ? 'x' : plain.slice(-26);
}
