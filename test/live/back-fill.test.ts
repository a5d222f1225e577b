import { describe, expect, it } from "vitest";
import { type EventColumns, Flag, Kind } from "../../engines/market/index.ts";
import { FRAME_DECODERS } from "../../store/capture/decode/frames.ts";
import { Definitions } from "../../store/capture/instruments.ts";
import { EventSink } from "../../store/capture/lanes.ts";
import { shippedCatalog } from "../../store/capture/product-catalog.ts";

const OPTION = "SPY261120C00700000";
const at = (s: number, ns: number): string => `2026-11-20T15:00:0${s}.${String(ns).padStart(9, "0")}Z`;
const print = (t: string, p: number, s: number, x = "C") => ({ t, p, s, x, c: "I" });

/** Frames of the stream and of the answers, through their decoders into one sink; the trades that came out, by price. */
function decoded(frames: readonly (readonly [string, unknown])[], capacity?: number): number[] {
  const sink = new EventSink(new Definitions(shippedCatalog(), "2026-11-20" as never));
  if (capacity !== undefined)
    Object.defineProperty(sink, "prints", {
      value: new (sink.prints.constructor as never as new (n: number) => typeof sink.prints)(capacity),
    });
  const made = new Map<string, ReturnType<NonNullable<(typeof FRAME_DECODERS)[string]>>>();
  for (const [channel, body] of frames) {
    const [name = "", detail = ""] = channel.split(":");
    const decoder = made.get(channel) ?? FRAME_DECODERS[name]?.(sink, detail);
    if (decoder === undefined) throw new Error(channel);
    made.set(channel, decoder);
    decoder.frame(Buffer.from(JSON.stringify(body)), 1_795_186_800e6);
  }
  const cols: EventColumns = sink.arrival().cols;
  const out: number[] = [];
  for (let i = 0; i < cols.n; i++)
    if (cols.kind[i] === Kind.trade)
      out.push((cols.a[i] as number) * (((cols.flags[i] as number) & Flag.backFill) !== 0 ? -1 : 1));
  return out;
}
const STREAM = "alpaca:opra";
const REST = "alpaca.trades:options opra";
const told = (...list: readonly ReturnType<typeof print>[]) =>
  [STREAM, list.map((m) => ({ T: "t", S: OPTION, ...m }))] as const;
const answer = (list: readonly ReturnType<typeof print>[], next: string | null = null) =>
  [REST, { trades: { [OPTION]: list }, next_page_token: next }] as const;

describe("trades that a gap swallowed", () => {
  const [a, b, c] = [print(at(1, 1_000), 1, 5), print(at(2, 2_000), 2, 5), print(at(3, 3_000), 3, 5)];

  it("come back once: what the stream told too is left out, on both sides of the gap", () => {
    expect(decoded([told(a), told(c), answer([a, b, c])])).toEqual([1, 3, -2]);
  });

  it("are multisets: of three identical prints, one of them streamed, two come back", () => {
    expect(decoded([told(a), answer([a, a, a, b])])).toEqual([1, -1, -1, -2]);
    expect(decoded([told(a, a), answer([a, a])])).toEqual([1, 1]);
  });

  it("differ by venue, size, price or time", () => {
    const other = [print(a.t, 1, 5, "N"), print(a.t, 1, 6), print(a.t, 1.5, 5), print(at(1, 2_000), 1, 5)];
    expect(decoded([told(a), answer([a, ...other])])).toEqual([1, -1, -1, -1.5, -1]);
  });

  it("over pages count on, and a second filling of the same time adds nothing", () => {
    const twice = [told(a), answer([a, a], "x"), answer([a, b])] as const;
    expect(decoded(twice)).toEqual([1, -1, -1, -2]);
    expect(decoded([...twice, answer([a, a, a, b])])).toEqual([1, -1, -1, -2]);
  });

  it("before what is remembered are left out and counted: nobody could tell whether they came", () => {
    expect(decoded([told(b, c, c), answer([a, b, c])], 2)).toEqual([2, 3, 3]);
  });

  it("that differ below a microsecond only are told as often as they happened", () => {
    const [x, y] = [print(at(1, 1_001), 1, 5), print(at(1, 1_002), 1, 5)];
    expect(decoded([told(x), answer([x, y])])).toEqual([1, -1]);
    expect(decoded([told(x, y), answer([x, y])])).toEqual([1, 1]);
  });

  it("of stocks are told apart by their list of conditions and their venue", () => {
    const stock = (c: string[]) => ({ t: at(1, 1_000), p: 1, s: 5, x: "V", c, z: "A" });
    const live = ["alpaca:iex", [{ T: "t", S: "SPY", i: 1, ...stock(["@", "I"]) }]] as const;
    const rest = [
      "alpaca.trades:stocks iex",
      { trades: { SPY: [stock(["@", "I"]), stock(["@"])] } },
    ] as const;
    expect(decoded([live, rest])).toEqual([1, -1]);
  });
});
