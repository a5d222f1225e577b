import { PassThrough } from "node:stream";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { InputReader, type InputStream } from "../../../screens/terminal/input.ts";
import type { TermEvent } from "../../../screens/terminal/tokenizer.ts";

beforeEach(() => {
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
});
afterEach(() => {
  vi.useRealTimers();
});

function reader() {
  const stream = new PassThrough();
  const raw: boolean[] = [];
  const events: TermEvent[] = [];
  let ended = 0;
  const input = Object.assign(stream, {
    setRawMode: (on: boolean) => raw.push(on),
  }) as unknown as InputStream;
  const r = new InputReader(
    input,
    (more) => events.push(...more),
    () => ended++,
  );
  r.start();
  const send = async (data: string) => {
    stream.write(data);
    await vi.advanceTimersByTimeAsync(0);
  };
  return {
    r,
    stream,
    raw,
    events,
    send,
    ended: () => ended,
    keys: () => events.map((e) => (e.type === "key" ? e.key : e.type)),
  };
}

describe("the reader", () => {
  it("takes a lone ESC for Esc after 30 ms, and not before", async () => {
    const t = reader();
    expect(t.raw).toEqual([true]);
    await t.send("\x1b");
    await vi.advanceTimersByTimeAsync(29);
    expect(t.keys()).toEqual([]);
    await vi.advanceTimersByTimeAsync(2);
    expect(t.keys()).toEqual(["esc"]);
  });

  it("waits for the rest of a sequence that comes in pieces", async () => {
    const t = reader();
    for (const piece of ["\x1b", "[", "1", ";", "2", "B"]) {
      await t.send(piece);
      await vi.advanceTimersByTimeAsync(20);
    }
    expect(t.keys()).toEqual(["shift-down"]);
  });

  it("gives a slow paste its second", async () => {
    const t = reader();
    await t.send("\x1b[200~one ");
    await vi.advanceTimersByTimeAsync(900);
    await t.send("two\x1b[201~");
    expect(t.events).toEqual([{ type: "paste", text: "one two", cut: false }]);
  });

  it("says when the terminal is gone, and is quiet after stop", async () => {
    const t = reader();
    t.stream.end();
    await vi.advanceTimersByTimeAsync(10);
    expect(t.ended()).toBeGreaterThan(0);
    const u = reader();
    await u.send("\x1b");
    u.r.stop();
    await vi.advanceTimersByTimeAsync(100);
    expect(u.keys()).toEqual([]);
  });
});
