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
