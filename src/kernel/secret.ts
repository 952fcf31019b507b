import { inspect } from 'node:util';

/** What a secret prints as, wherever it is printed by mistake. */
export const REDACTED = '[secret]';

/**
 * A string that must not be shown. Printing, inspecting, serialising or concatenating it gives `[secret]`;
 * only `reveal()` gives the text, so every place that shows a secret can be found by that name.
 */
export class Secret {
  readonly #text: string;
  #made: unknown;

  constructor(text: string) {
    this.#text = text;
  }

  reveal(): string {
    return this.#text;
  }

  /** What is worked out of the text, by one maker alone: once, and kept as long as the secret. */
  made<T>(make: (text: string) => T): T {
    this.#made ??= make(this.#text);
    return this.#made as T;
  }

  toString(): string {
    return REDACTED;
  }

  toJSON(): string {
    return REDACTED;
  }

  [Symbol.toPrimitive](): string {
    return REDACTED;
  }

  [inspect.custom](): string {
    return REDACTED;
  }
}

/**
 * What a person may see of a secret to tell it from others: at most four characters at either end, and never
 * more than a third of it in all.
 */
export function maskSecret(text: string): string {
  const shown = Math.min(4, Math.floor(text.length / 6));
  if (shown === 0) return '****';
  return `${text.slice(0, shown)}****${text.slice(-shown)}`;
}
