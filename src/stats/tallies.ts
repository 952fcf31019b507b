/**
 * Counts by short word. Few words each, so two flat arrays are smaller and faster than a map. Stored as
 * `word:count,` so that joining two texts adds them, like histograms.
 */
export class Tallies {
  readonly #words: string[] = [];
  readonly #counts: number[] = [];

  count(word: string, times = 1): void {
    const at = this.#words.indexOf(word);
    if (at >= 0) this.#counts[at]! += times;
    else {
      this.#words.push(word);
      this.#counts.push(times);
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
