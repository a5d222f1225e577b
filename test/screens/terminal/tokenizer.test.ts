import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type TermEvent, Tokenizer } from "../../../screens/terminal/tokenizer.ts";

const bytes = (s: string): Uint8Array => new TextEncoder().encode(s);

/** All events of an input, with a final silence. */
function events(input: string | Uint8Array): TermEvent[] {
  const t = new Tokenizer();
  const fed = t.feed(typeof input === "string" ? bytes(input) : input);
  return [...fed, ...t.flush()];
}
const keys = (input: string): string[] =>
  events(input).map((e) => (e.type === "key" ? e.key : `${e.type}:${"text" in e ? e.text : ""}`));

describe("keys", () => {
  it.each([
    ["a", ["a"]],
    ["jK ", ["j", "K", "space"]],
    ["y\r", ["y", "enter"]],
    ["\x18", ["ctrl-x"]],
    ["\x03\x1a\x0c\x07", ["ctrl-c", "ctrl-z", "ctrl-l", "ctrl-g"]],
    ["\x7f\b\t", ["backspace", "backspace", "tab"]],
    ["\x1b[A\x1bOA\x1b[B\x1bOB\x1b[C\x1b[D", ["up", "up", "down", "down", "right", "left"]],
    ["\x1b[5~\x1b[6~\x1b[3~\x1b[2~", ["pgup", "pgdn", "delete", "insert"]],
    ["\x1b[H\x1bOH\x1b[1~\x1b[7~\x1b[F\x1b[4~", ["home", "home", "home", "home", "end", "end"]],
    ["\x1b[Z", ["shift-tab"]],
    ["\x1b[1;5A\x1b[1;2B\x1b[3;5~", ["ctrl-up", "shift-down", "ctrl-delete"]],
    ["\x1b", ["esc"]],
    ["\x1b\x1b", ["esc", "esc"]],
    ["\x1bb\x1b\x7f", ["esc", "b", "alt-backspace"]],
    ["\x1b\r\x1b\x18", ["esc", "enter", "esc", "ctrl-x"]],
    ["\x1b[", ["esc", "["]],
    ["\x1b]", ["esc", "]"]],
    ["é日", ["é", "日"]],
    ["👨‍👩‍👧!", ["👨‍👩‍👧", "!"]],
    ["e\u0301", ["e", "\u0301"]],
    ["ö\u0323x", ["ö\u0323", "x"]],
    ["\x1bé", ["esc", "é"]],
    ["\x1b[120u\x1b[120;5u", ["x", "ctrl-x"]],
    ["\x1b[200~buy 5\ry\x1b[201~z", ["paste:buy 5\ry", "z"]],
    ["\x1b[200~a\x1b[20xb\x1b[201~", ["paste:a\x1b[20xb"]],
  ])("%j", (input, expected) => {
    expect(keys(input)).toEqual(expected);
  });

  it("separates answers of the terminal from keys", () => {
    expect(
      events("\x1b[?62;22ca\x1b[12;40R\x1b]11;rgb:0000/0000/0000\x07b\x1bP1$r0m\x1b\\\x1b[?2026;2$y"),
    ).toEqual([
      { type: "reply", kind: "csi", body: "?62;22c" },
      { type: "key", key: "a", text: "a" },
      { type: "reply", kind: "csi", body: "12;40R" },
      { type: "reply", kind: "osc", body: "11;rgb:0000/0000/0000" },
      { type: "key", key: "b", text: "b" },
      { type: "reply", kind: "dcs", body: "1$r0m" },
      { type: "reply", kind: "csi", body: "?2026;2$y" },
    ]);
  });

  it("swallows what it doesn't know, and nothing more", () => {
    expect(keys("\x1b[99~a\x1b[Mabcd\x1b[<0;3;4Mb\x1b[[Ac\xff")).toEqual(["a", "d", "b", "c", "ÿ"]);
    expect(events(Uint8Array.of(0xff, 0xc0, 0x61, 0xed, 0xa0, 0x80, 0x62))).toMatchObject([
      { key: "a" },
      { key: "b" },
    ]);
  });

  it("hears ctrl-x in the middle of anything but a paste", () => {
    for (const broken of [
      "\x1b",
      "\x1b[",
      "\x1b[12;",
      "\x1bO",
      "\x1b]0;title",
      "\x1bPq",
      "\xc3",
      "\x1b]x\x1b",
    ]) {
      const raw = Uint8Array.from([...broken].map((c) => c.charCodeAt(0)).concat(0x18));
      expect(
        events(raw).map((e) => (e.type === "key" ? e.key : "")),
        JSON.stringify(broken),
      ).toContain("ctrl-x");
    }
    expect(keys("\x1b[200~a\x18b\x1b[201~")).toEqual(["paste:a\x18b"]);
  });

  it("ends a paste whose end mark got lost, and never takes its rest for keys", () => {
    const t = new Tokenizer();
    expect(t.feed(bytes("\x1b[200~half"))).toEqual([]);
    expect(t.pending).toBe("paste");
    expect(t.flush()).toEqual([{ type: "paste", text: "half", cut: true }]);
    expect(t.feed(bytes("C\rC"))).toEqual([]);
    expect(t.feed(bytes("\x1b[201~j"))).toEqual([{ type: "key", key: "j", text: "j" }]);

    t.feed(bytes("\x1b[200~half"));
    t.flush();
    expect(t.feed(bytes("\x18"))).toEqual([{ type: "key", key: "ctrl-x", text: null }]);
    expect(t.feed(bytes("j"))).toMatchObject([{ key: "j" }]);

    t.feed(bytes("\x1b[200~half"));
    t.flush();
    t.feed(bytes("\x1b"));
    expect(t.pending).toBe("escape");
    expect(t.flush()).toMatchObject([{ key: "esc" }]);
    expect(t.feed(bytes("j"))).toMatchObject([{ key: "j" }]);
  });

  it("bounds a paste", () => {
    const [event] = events(`\x1b[200~${"x".repeat(400_000)}\x1b[201~`);
    expect(event).toMatchObject({ type: "paste", cut: true });
    expect(event?.type === "paste" && event.text.length).toBe(256 * 1024);
  });
});

describe("any input", () => {
  const chunk = fc.oneof(
    fc.uint8Array({ maxLength: 24 }),
    fc
      .constantFrom(
        "\x1b[",
        "\x1b[200~",
        "\x1b[201~",
        "\x1bO",
        "\x1b]",
        "\x1b\\",
        "\x1b[1;5",
        "A",
        "~",
        "é",
        "👨‍👩‍👧",
        "\x18",
        "\x1b",
      )
      .map(bytes),
  );

  it("never throws, and chunking never changes the events", () => {
    fc.assert(
      fc.property(
        fc.array(chunk, { maxLength: 12 }),
        fc.infiniteStream(fc.integer({ min: 1, max: 5 })),
        (parts, sizes) => {
          const whole = Uint8Array.from(parts.flatMap((p) => [...p]));
          const expected = events(whole);
          const t = new Tokenizer();
          const got: TermEvent[] = [];
          for (let i = 0; i < whole.length; ) {
            const size = sizes.next().value as number;
            got.push(...t.feed(whole.subarray(i, i + size)));
            i += size;
          }
          got.push(...t.flush());
          expect(got).toEqual(expected);
        },
      ),
      { numRuns: 3000 },
    );
  });
});
