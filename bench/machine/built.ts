/** A module of the built product, as users run it; benchmarks never measure the sources. */
export async function built<T>(path: string): Promise<T> {
  return (await import(new URL(`../../dist/${path}`, import.meta.url).href)) as T;
}
