/** Median over `rounds` of the time of one call of `work`, in nanoseconds, after a warm-up that lets the compiler settle. */
export function medianNs(work: () => void, rounds = 31, warmMs = 150): number {
  const until = performance.now() + warmMs;
  do work();
  while (performance.now() < until);
  const times: number[] = [];
  for (let i = 0; i < rounds; i++) {
    const t = performance.now();
    work();
    times.push(performance.now() - t);
  }
  times.sort((a, b) => a - b);
  return (times[rounds >> 1] as number) * 1e6;
}

/** Medians of `work` and of a `bare` baseline timed in turn, so that both meet the same machine. */
export function medianPairNs(
  bare: () => void,
  work: () => void,
  rounds = 61,
): { work: number; bare: number } {
  medianNs(bare, 1, 100);
  medianNs(work, 1, 150);
  const times = { work: [] as number[], bare: [] as number[] };
  for (let i = 0; i < rounds; i++) {
    for (const [name, f] of [["bare", bare] as const, ["work", work] as const]) {
      const t = performance.now();
      f();
      times[name].push(performance.now() - t);
    }
  }
  const mid = (list: number[]): number => (list.sort((a, b) => a - b)[rounds >> 1] as number) * 1e6;
  return { work: mid(times.work), bare: mid(times.bare) };
}
