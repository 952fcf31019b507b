/** Asks again every few milliseconds until the answer is there; fails with `what` when it never is. */
export async function until<T>(
  ask: () => T | Promise<T>,
  what: string,
  patienceMs = 15_000,
): Promise<NonNullable<T>> {
  const deadline = Date.now() + patienceMs;
  for (;;) {
    const answer = await ask();
    if (answer !== undefined && answer !== null && answer !== false) return answer;
    if (Date.now() > deadline) throw new Error(`waited ${patienceMs} ms in vain: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}
