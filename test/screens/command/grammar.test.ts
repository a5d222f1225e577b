import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Slot } from "../../../engines/market/index.ts";
import { parseLine } from "../../../screens/command/grammar.ts";
import type { Order } from "../../../screens/command/order-terms.ts";
import { readBack } from "../../../screens/command/readback.ts";
import { ACTION_VERBS, type GrammarContext, VERBS } from "../../../screens/command/statement.ts";
import { expandBraces } from "../../../screens/command/words.ts";
import { PANE_IDS, PANE_KEYS } from "../../../screens/keys/keymap.ts";
import { contextOf, EXPIRIES } from "./contracts.ts";

const context = contextOf();
const slotOf = (expiry: string, strike: number, type: "C" | "P"): Slot =>
  context.index.contract("GOOG", expiry as never, strike, type)?.slot as Slot;
const CALL_760 = slotOf("2016-01-15", 760, "C");
const CALL_780 = slotOf("2016-01-15", 780, "C");

const one = (line: string, c: GrammarContext = context) => {
  const parsed = parseLine(line, c);
  if ("kind" in parsed) throw new Error(parsed.message);
  const [statement] = parsed;
  if (!statement || parsed.length !== 1) throw new Error(`not one statement: ${line}`);
  return statement;
};
const said = (line: string, c: GrammarContext = context) => readBack(one(line, c), c);
const wrong = (line: string, c: GrammarContext = context) => {
  const parsed = parseLine(line, c);
  if (!("kind" in parsed)) throw new Error(`read: ${line}`);
  return [line.slice(parsed.from, parsed.to), parsed.message];
};

describe("orders", () => {
  it("reads back what was typed", () => {
    expect(said("buy 2 760c 15jan @ mid-1 GOOG")).toBe(
      "BUY 2 GOOG 15 Jan 2016 760 call, limit 8.20 = mid minus 1 tick, day",
    );
    expect(said("sell all 740/760 strg 22d gtc")).toBe("SELL all GOOG 15 Jan 2016 740/760 strangle, gtc");
    expect(said("b $5000 760/780cv 15jan mid+5c ioc")).toContain(
      "BUY $5000 GOOG 15 Jan 2016 760/780 call vertical",
    );
    expect(said("buy 1 760/780 cv 15jan mid-25%")).toContain("mid minus 25% of spread");
    expect(said("close goog")).toBe("CLOSE GOOG, day");
    expect(said("roll 3 760c 15jan 19feb")).toBe("ROLL 3 GOOG 15 Jan 2016 760 call 19 Feb 2016, day");
    expect(said("cancel goog*")).toBe("CANCEL GOOG*");
    expect(said("amend o7 @ 5.65 x 6")).toBe("AMEND O7 @ 5.65 x 6");
  });

  it("structures of four legs and of two expiries read to the same order again", () => {
    for (const [line, words] of [
      ["buy 740/750/770/780 ic 15jan", "BUY GOOG 15 Jan 2016 740/750/770/780 iron condor, day"],
      ["sell 2 740/750/770/780cond 15jan", "SELL 2 GOOG 15 Jan 2016 740/750/770/780 call condor, day"],
      ["buy 740/750/770/780 pcond 15jan", "BUY GOOG 15 Jan 2016 740/750/770/780 put condor, day"],
      ["buy 760p cal 19feb 15jan", "BUY GOOG 15 Jan 2016 19 Feb 2016 760 put calendar, day"],
      ["buy 760/780 diag 15jan 19feb", "BUY GOOG 15 Jan 2016 19 Feb 2016 760/780 call diagonal, day"],
      ["buy 760/740 pdiag 15jan 19feb", "BUY GOOG 15 Jan 2016 19 Feb 2016 760/740 put diagonal, day"],
    ] as const) {
      expect(said(line)).toBe(words);
      expect(said(words)).toBe(words);
    }
    expect(wrong("buy 760c cal 15jan")[1]).toContain("cal takes two expiries");
    expect(wrong("buy 760/780 cal 15jan 19feb")[1]).toContain("a calendar takes one strike");
    expect(wrong("buy 760c 15jan 19feb")[1]).toBe('a second expiry: "19feb"');
    expect(wrong("buy 750/740/770/780 ic 15jan")[1]).toBe("a condor names its strikes upwards");
  });

  it("takes the cursor's row when nothing is named, and rows by number", () => {
    const at = contextOf({ cursor: CALL_760, row: (n) => (n === 12 ? CALL_760 : null) });
    expect(said("buy 2", at)).toBe("BUY 2 GOOG 15 Jan 2016 760 call, day");
    expect(said("buy 780p", at)).toBe("BUY GOOG 15 Jan 2016 780 put, day");
    expect(said("sell :12 ask", at)).toBe("SELL GOOG 15 Jan 2016 760 call, limit 8.50 = ask, day");
    expect(said("roll 19feb", at)).toBe("ROLL GOOG 15 Jan 2016 760 call 19 Feb 2016, day");
    expect(wrong("buy :3", at)).toEqual([":3", "row :3 is neither a contract nor a structure here"]);
    const held = {
      legs: [
        { slot: CALL_760, ratio: 1 },
        { slot: CALL_780, ratio: -1 },
      ],
      label: "15jan16 760/780 CV",
    };
    const onStructure = contextOf({ structure: (n) => (n === 2 || n === null ? held : null) });
    expect(said("close :2 @ 5.60", onStructure)).toBe("CLOSE 15jan16 760/780 CV, limit 5.6, day");
    expect(said("buy 3", onStructure)).toBe("BUY 3 15jan16 760/780 CV, day");
    expect(wrong("roll 31dec", at)[1]).toBe("a roll goes to a later expiry than 15 Jan 2016");
  });

  it("rounds an anchor to the patient side, then goes so many ticks", () => {
    // Mid 8.30 of 8.05 and 8.55 would lie on the grid; 8.25 of 8.10 and 8.40 does not.
    const at = contextOf({ quote: () => ({ bid: 8.1, ask: 8.4 }) });
    expect(said("buy 760c 15jan mid", at)).toContain("limit 8.20 = mid");
    expect(said("sell 760c 15jan mid", at)).toContain("limit 8.30 = mid");
    expect(said("buy 760c 15jan ask-2t", at)).toContain("limit 8.20 = ask minus 2 ticks");
    expect(said("buy 760c 15jan mid", contextOf({ quote: () => null }))).toContain("limit mid, day");
    expect(said("close 760c 15jan mid", at)).toContain("limit mid, day");
  });

  it("says what is wrong, where, and what is near", () => {
    expect(wrong("buy 765c 15jan")).toEqual(["765c", "no 765 call in 15jan; nearest 760, 770"]);
    expect(wrong("buy 760c 16jan")).toEqual(["16jan", "GOOG has no expiry 16jan; nearest 15jan, 20jan17"]);
    expect(wrong("buy 2 8 760c 15jan")).toEqual(["8", 'a second quantity: "8"; a price is written @ 8']);
    expect(wrong("buy 760c 15jan @ mkt")).toEqual([
      "@ mkt",
      "no market orders: give a limit, mid, bid or ask",
    ]);
    expect(wrong("buy 760c 15jan @ cheap")[1]).toContain("a price goes after @");
    expect(wrong("buy 760c 15jan mkt")[1]).toBe("no market orders: give a limit, mid, bid or ask");
    expect(wrong("buy 760c")[1]).toBe("which expiry? 31dec, 15jan, 19feb, 20jan17");
    expect(wrong("buy 760/780 15jan")[1]).toBe("760/780 of what? cv, pv, strg, cfly, pfly, cond, ic or diag");
    expect(wrong("buy 760/770/780 cv 15jan")[1]).toBe("cv takes 2 strikes, here are 3");
    expect(wrong("buy")[1]).toBe("what? Name a contract, or put the cursor on a row");
    expect(wrong("speed 5; buy 760c 15jan")).toEqual([
      "buy",
      "an order stands alone: ; chains all but orders",
    ]);
    expect(wrong("s 5")[1]).toMatch(/^"s" could be sell, sleeve, surface, scen/);
    expect(wrong("kil")[1]).toBe("kill must be typed in full");
    expect(wrong("pause now")).toEqual(["now", "nothing goes after this verb"]);
  });

  const qty = fc.oneof(
    fc.integer({ min: 1, max: 999 }).map(String),
    fc.integer({ min: 1, max: 99_999 }).map((n) => `$${n}`),
    fc.integer({ min: 1, max: 99 }).map((n) => `${n}%`),
    fc.constant("all"),
  );
  const price = fc.oneof(
    fc.integer({ min: 1, max: 9999 }).map((n) => `@${n / 100}`),
    fc
      .tuple(fc.constantFrom("mid", "bid", "ask"), fc.constantFrom("", "-1", "+3", "-2t", "+5c", "-25%"))
      .map(([a, by]) => a + by),
  );
  const strike = fc.integer({ min: 0, max: 8 }).map((i) => 700 + i * 10);
  const named = fc.oneof(
    fc.tuple(strike, fc.constantFrom("c", "p", "strd")).map(([k, t]) => [`${k}${t}`]),
    fc.tuple(strike, fc.constantFrom("cv", "pv", "strg")).map(([k, s]) => [`${k}/${k + 10}`, s]),
    fc.tuple(strike, fc.constantFrom("cfly", "pfly")).map(([k, s]) => [`${k}/${k + 10}/${k + 20}`, s]),
  );
  const expiry = fc.constantFrom("31dec", "15jan16", "22d", "2016-02-19", "20jan17");
  const optional = <T>(arb: fc.Arbitrary<T>) => fc.option(arb, { nil: undefined });
  const wordsOfOrder = fc
    .tuple(
      optional(qty),
      named,
      expiry,
      optional(price),
      optional(fc.constantFrom("day", "gtc", "ioc")),
      fc.boolean(),
    )
    .map(([q, n, e, p, t, g]) => [q, ...n, e, p, t, g ? "GOOG" : undefined].filter((w) => w !== undefined));
  const shuffled = wordsOfOrder.chain((words) =>
    fc.tuple(fc.constant(words), fc.shuffledSubarray(words, { minLength: words.length })),
  );

  it("the order of words never changes what they say", () => {
    fc.assert(
      fc.property(fc.constantFrom("buy", "sell", "close"), shuffled, (verb, [words, other]) => {
        expect(one([verb, ...other].join(" "))).toEqual(one([verb, ...words].join(" ")));
      }),
    );
  });

  it("what is read back reads to the same order", () => {
    fc.assert(
      fc.property(fc.constantFrom("buy", "sell", "close"), wordsOfOrder, (verb, words) => {
        const order = one([verb, ...words].join(" ")) as Order;
        const back = one(readBack(order, context)) as Order;
        expect(back).toEqual(order);
      }),
    );
  });

  it("never throws, whatever is typed", () => {
    const bits = fc.constantFrom(
      ..."buy sell roll watch layout go set : ; @ 760c 760/780 cv 15jan 22d {1..9} {a, } mid-1 limit = $ % GOOG x 6 \u0001".split(
        " ",
      ),
    );
    fc.assert(
      fc.property(fc.array(fc.oneof(bits, fc.string({ maxLength: 5 })), { maxLength: 8 }), (parts) => {
        const parsed = parseLine(parts.join(" "), context);
        if (!("kind" in parsed)) for (const s of parsed) readBack(s, context);
        else expect(parsed.message).not.toBe("");
      }),
    );
  });
});

describe("other verbs", () => {
  it("expands braces", () => {
    expect(expandBraces("{740..780..20}{c,p}")).toEqual(["740c", "740p", "760c", "760p", "780c", "780p"]);
    expect(expandBraces("{1..2..0.5}")).toEqual(["1", "1.5", "2"]);
    for (const bad of ["{", "}", "{}", "{1..9..0}", "{1..99999}", "{a,}"])
      expect(expandBraces(bad)).toBeNull();
  });

  it("watches contracts by braces", () => {
    const watch = one("watch GOOG 15jan {740..780..10}{c,p}");
    expect(watch).toMatchObject({ kind: "watch", add: true });
    expect(watch.kind === "watch" && watch.slots).toHaveLength(10);
    expect(one("wa {740..780..10}{c,p} 15jan goog")).toEqual(watch);
    expect(said("unw bac goog")).toBe("UNWATCH GOOG; BAC");
    expect(wrong("watch GOOG 15jan {740..780..5}{c,p}")[1]).toBe("no 745 call in 15jan; nearest 740, 750");
    expect(wrong("watch GOOG 15jan")[1]).toContain("which strikes?");
  });

  it("reads panes, layouts, settings and chains by ;", () => {
    expect(said("chain goog 15jan")).toBe("CHAIN GOOG 15 Jan 2016");
    expect(one("chain 15jan")).toMatchObject({ pane: "chain", expiry: "2016-01-15" });
    expect(one("scen")).toMatchObject({ kind: "show", pane: "scenarios" });
    expect(one("layout vol")).toEqual({ kind: "layout", op: "use", name: "vol" });
    expect(wrong("layout nope")[1]).toMatch(/^no layout "nope"; there is desk/);
    expect(one("theme classic")).toEqual({ kind: "set", key: "theme", value: "classic" });
    expect(wrong("set fps 5")[0]).toBe("fps");
    const chained = parseLine("speed 20; go 10:35 ;; pause", context);
    expect("kind" in chained ? chained.message : chained.map((s) => readBack(s, context))).toEqual([
      "SPEED 20",
      "GO 10:35",
      "PAUSE",
    ]);
  });

  it("has a verb for every key", () => {
    const plain = new Set<string>([...VERBS, ...PANE_IDS]);
    const actions = new Set(ACTION_VERBS.values());
    const without = PANE_KEYS.map((b) => b.action).filter(
      (a) => !actions.has(a) && !plain.has(a) && !plain.has(a.split(".")[1] ?? ""),
    );
    // What these keys do the documented verbs do: go, layout and q.
    expect(without).toEqual([]);
  });
});

it("every expiry of the fixture is known by its label", () => {
  for (const iso of EXPIRIES) expect(context.index.expiry("GOOG", iso as never)?.iso).toBe(iso);
});
