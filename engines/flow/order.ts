/** Rows in order of time, ties in row order; null when they already are. Rows without a time are left out. */
export function timeOrder(us: Float64Array, n: number): Int32Array | null {
  let sorted = true;
  let low = Number.POSITIVE_INFINITY;
  let high = Number.NEGATIVE_INFINITY;
  let known = 0;
  for (let i = 0; i < n; i++) {
    const t = us[i]!;
    if (!Number.isFinite(t)) {
      sorted = false;
      continue;
    }
    if (t < high) sorted = false;
    if (t < low) low = t;
    if (t > high) high = t;
    known++;
  }
  if (sorted) return null;
  let from = new Int32Array(known);
  let k = 0;
  for (let i = 0; i < n; i++) if (Number.isFinite(us[i]!)) from[k++] = i;
  let to = new Int32Array(known);
  // Least significant digit first, 16 bits at a time, over the span the times really cover.
  const digits = 65_536;
  const count = new Int32Array(digits + 1);
  for (let divisor = 1; divisor <= high - low; divisor *= digits) {
    count.fill(0);
    for (let i = 0; i < known; i++) count[digit(us[from[i]!]! - low, divisor) + 1]!++;
    for (let d = 0; d < digits; d++) count[d + 1]! += count[d]!;
    for (let i = 0; i < known; i++) {
      const row = from[i]!;
      to[count[digit(us[row]! - low, divisor)]!++] = row;
    }
    [from, to] = [to, from];
  }
  return from;
}

function digit(offset: number, divisor: number): number {
  return Math.floor(offset / divisor) % 65_536;
}
