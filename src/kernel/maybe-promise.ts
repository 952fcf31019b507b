/**
 * What a port answers that is synchronous in memory and asynchronous over a network. Callers on the hot
 * path look before they await, because an await that is not needed costs a turn of the microtask queue.
 */
export type MaybePromise<T> = T | Promise<T>;

export function isPromise<T>(value: MaybePromise<T>): value is Promise<T> {
  return value instanceof Promise;
}
