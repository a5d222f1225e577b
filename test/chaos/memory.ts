/** What is swept is given back to the system a moment later, on threads that may have to wait for their turn. */
const LOOK_MS = 40;
const MOST_LOOKS = 25;
/** Looks in a row that find no less, after which there is no more to come. */
const ENOUGH = 5;

/** Memory of this process as the system counts it, once what is not used any more was given back, MB. */
export async function memoryMb(): Promise<number> {
  const { gc } = globalThis;
  if (gc === undefined) return process.memoryUsage.rss() / 1e6;
  let least = Number.POSITIVE_INFINITY;
  for (let looks = 0, same = 0; looks < MOST_LOOKS && same < ENOUGH; looks++, same++) {
    if (same === 0) gc();
    await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
    const now = process.memoryUsage.rss() / 1e6;
    if (now < least - 1) same = -1;
    least = Math.min(least, now);
  }
  return least;
}
