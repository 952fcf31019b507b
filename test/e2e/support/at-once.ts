/** Runs `work` `times` times, `pace` at once, and answers all results. */
export async function atOnce<T>(
  times: number,
  pace: number,
  work: (index: number) => Promise<T>,
): Promise<T[]> {
  const results: T[] = [];
  let next = 0;
  const lane = async () => {
    while (next < times) {
      const index = next;
      next += 1;
      results[index] = await work(index);
    }
  };
  await Promise.all(Array.from({ length: Math.min(pace, times) }, lane));
  return results;
}
