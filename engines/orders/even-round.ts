/** To the nearest integer, halves to the even one: as the original system rounds. */
export function evenRound(x: number): number {
  const low = Math.floor(x);
  const rest = x - low;
  if (rest !== 0.5) return Math.round(x);
  return low % 2 === 0 ? low : low + 1;
}
