const NO_WORDS: readonly string[] = [];
const NO_COUNTS: number[] = [];

/**
 * Counts by short word. Few words each, so two flat arrays are smaller and faster than a map. Stored as
 * `word:count,` so that joining two texts adds them, like histograms.
 */
export class Tallies {
  #words: readonly string[] = NO_WORDS;
  #counts: number[] = NO_COUNTS;

  count(word: string, times = 1): void {
    const at = this.#words.indexOf(word);
    if (at >= 0) this.#counts[at]! += times;
    else {
      // Not pushed: V8 keeps room for sixteen more, and there are thousands of these a second where keys are many.
      this.#words = [...this.#words, word];
      this.#counts = [...this.#counts, times];
    }
  }

  of(word: string): number {
    return this.#counts[this.#words.indexOf(word)] ?? 0;
  }

  add(other: Tallies): void {
    other.each((word, times) => this.count(word, times));
  }

  addEncoded(text: string): void {
    for (const pair of text.split(',')) {
      const colon = pair.lastIndexOf(':');
      const times = Number(pair.slice(colon + 1));
      if (colon > 0 && times > 0) this.count(pair.slice(0, colon), times);
    }
  }

  each(visit: (word: string, times: number) => void): void {
    for (let i = 0; i < this.#words.length; i++) visit(this.#words[i]!, this.#counts[i]!);
  }

  encode(): string {
    let text = '';
    this.each((word, times) => (text += `${word}:${times},`));
    return text;
  }
}
