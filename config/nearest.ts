/** Edits (insert, delete, replace, swap of neighbours) between two words. */
export function editDistance(a: string, b: string): number {
  let before: number[] = [];
  let above = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const change = (above[j - 1] as number) + (a[i - 1] === b[j - 1] ? 0 : 1);
      let least = Math.min(change, (above[j] as number) + 1, (row[j - 1] as number) + 1);
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1])
        least = Math.min(least, (before[j - 2] as number) + 1);
      row.push(least);
    }
    before = above;
    above = row;
  }
  return above[b.length] as number;
}

/** The candidate that was probably meant, or null when none is near. A word that is the end of a dotted candidate is near. */
export function nearest(word: string, candidates: readonly string[]): string | null {
  const w = word.toLowerCase();
  let best: string | null = null;
  let least = Math.max(1, Math.floor(w.length / 3)) + 1;
  for (const candidate of candidates) {
    const c = candidate.toLowerCase();
    const tail = c.slice(c.lastIndexOf(".") + 1);
    const distance = Math.min(editDistance(w, c), editDistance(w, tail) + (tail === c ? 0 : 0.5));
    if (distance < least) {
      least = distance;
      best = candidate;
    }
  }
  return best;
}
