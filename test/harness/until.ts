/** Nothing that a test waits for takes this long, however loaded the machine is. */
export const LIMIT_MS = 20_000;

type Maybe<T> = T | undefined | null | false;

export const pause = (ms: number): Promise<void> => new Promise((go) => setTimeout(go, ms));

/** Waits until `found` gives something; when it never does, the error says what was waited for and what was `seen` instead. */
export async function until<T>(
  what: string,
  found: () => Maybe<T> | Promise<Maybe<T>>,
  seen?: () => unknown,
): Promise<T> {
  for (const end = performance.now() + LIMIT_MS; ; ) {
    const value = await found();
    if (value !== undefined && value !== null && value !== false) return value;
    if (performance.now() > end) throw new Error(`waited in vain for ${what}${seenText(seen?.())}`);
    await pause(10);
  }
}

function seenText(seen: unknown): string {
  if (seen === undefined) return "";
  return `; seen: ${typeof seen === "string" ? seen : JSON.stringify(seen, plain)}`;
}

const plain = (_key: string, value: unknown): unknown => (typeof value === "bigint" ? String(value) : value);

/** Waits until a count stays as it is: what was under way has come. Returns it. */
export async function settled(count: () => number): Promise<number> {
  let seen = count();
  for (let same = 0; same < 5; ) {
    await pause(20);
    const now = count();
    same = now === seen ? same + 1 : 0;
    seen = now;
  }
  return seen;
}
