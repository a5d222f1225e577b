/** Frames of Alpaca-like quotes for the benches of feeds and of recording. */

export type TimeOf = (t0: number, n: number) => unknown;

/** Nine digits, as the vendor writes it. */
export const isoTime: TimeOf = (t0, n) =>
  `${new Date(t0 + n / 10).toISOString().slice(0, 23)}${String(n % 1_000_000).padStart(6, "0")}Z`;

export function quotes(
  messages: number,
  per: number,
  timeOf: TimeOf,
  encode: (list: unknown[]) => Uint8Array,
): Uint8Array[] {
  const frames: Uint8Array[] = [];
  let n = 0;
  const t0 = Date.UTC(2026, 10, 20, 14, 30);
  while (n < messages) {
    const list: unknown[] = [];
    for (let k = 0; k < per && n < messages; k++, n++) {
      const bid = Math.round((100 + (n % 977) * 0.01) * 100) / 100;
      list.push({
        T: "q",
        S: `S${String.fromCharCode(65 + (n % 26))}${String.fromCharCode(65 + (Math.floor(n / 26) % 20))}`,
        bx: "V",
        bp: bid,
        bs: 100 + (n % 7) * 100,
        ax: "K",
        ap: Math.round((bid + 0.02) * 100) / 100,
        as: 200,
        c: ["R"],
        t: timeOf(t0, n),
        z: "C",
      });
    }
    frames.push(encode(list));
  }
  return frames;
}

export const quoteFrames = (messages: number, per: number): Buffer[] =>
  quotes(messages, per, isoTime, (list) => Buffer.from(JSON.stringify(list))) as Buffer[];

export const median = (list: readonly number[]): number =>
  [...list].sort((a, b) => a - b)[Math.floor(list.length / 2)] as number;
