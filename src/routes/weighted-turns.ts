/**
 * Turns by weight, spread as evenly as weights allow (smooth weighted round robin: each who may go gains its
 * weight, the richest goes and pays what all gained). Over any run of calls with the same choice, shares differ
 * from the weights by less than one call. Not every one need be eligible each time; who was not gains nothing.
 */
export class WeightedTurns {
  private readonly credit: number[];

  constructor(private readonly weights: readonly number[]) {
    this.credit = weights.map(() => 0);
  }

  /** Of these places (indexes into the weights; not empty), whose turn it is. O(places). */
  take(places: readonly number[]): number {
    const chosen = this.next(places);
    let total = 0;
    for (const place of places) {
      total += this.weights[place]!;
      this.credit[place]! += this.weights[place]!;
    }
    this.credit[chosen]! -= total;
    return chosen;
  }

  /** Whose turn it would be; nothing changes. */
  next(places: readonly number[]): number {
    let chosen = places[0]!;
    for (const place of places) if (this.after(place) > this.after(chosen)) chosen = place;
    return chosen;
  }

  private after(place: number): number {
    return this.credit[place]! + this.weights[place]!;
  }
}
