/** Stands for all names beyond the bound. */
export const OTHER = '(other)';

/**
 * Names that come from outside, kept few and storable. Clients can name endless models, and each would be a
 * row and a label for ever: past `limit` distinct names every new one is `(other)`.
 */
export class BoundedNames {
  readonly #known = new Map<string, string>();

  constructor(
    private readonly limit: number,
    private readonly clean: (raw: string) => string,
  ) {}

  of(raw: string): string {
    const known = this.#known.get(raw);
    if (known !== undefined) return known;
    if (this.#known.size >= this.limit) return OTHER;
    const name = this.clean(raw);
    // A name of megabytes is not kept as it came.
    this.#known.set(raw.length > 2 * name.length + 64 ? name : raw, name);
    return name;
  }

  forget(): void {
    this.#known.clear();
  }
}

/** Fit for a column of `length` characters in every database: no control characters, no half surrogates. */
export function storable(length: number): (raw: string) => string {
  return (raw) =>
    raw
      .slice(0, length)
      .replace(/[\u0000-\u001f\u007f]/g, '')
      .toWellFormed();
}

/** A machine word: letters, digits, `_`, `.` and `-`, at most 64. */
export function machineWord(raw: string): string {
  return raw.slice(0, 64).replace(/[^\w.-]/g, '_') || 'unknown';
}
