import { type ChildProcess, spawn } from "node:child_process";
import { mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { PassThrough, Readable, Writable } from "node:stream";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { answerLines, type Tally } from "../../bin/calc/lines.ts";
import * as operations from "../../bin/calc/operations.ts";
import { calcCommand } from "../../bin/calc.ts";
import { removeFolder } from "../harness/folders.ts";

type Answered = Record<string, unknown> & { error?: { code: string; message: string } };

async function run(
  operation: operations.Operation,
  chunks: (string | Buffer)[],
): Promise<{ rows: Answered[]; tally: Tally }> {
  const out = new PassThrough({ highWaterMark: 1 << 24 });
  const tally = await answerLines(Readable.from(chunks, { objectMode: true }), out, operation);
  out.end();
  let text = "";
  for await (const chunk of out) text += String(chunk);
  return {
    rows: text
      .split("\n")
      .slice(0, -1)
      .map((l) => JSON.parse(l) as Answered),
    tally,
  };
}

const one = async (operation: operations.Operation, line: object): Promise<Answered> =>
  (await run(operation, [`${JSON.stringify(line)}\n`])).rows[0]!;

const option = { type: "call", S: 100, K: 105, T: 0.25, r: 0.02, q: 0.01, sigma: 0.2 };

describe("calc operations", () => {
  it("price and greeks agree, and the greeks carry the reference's columns", async () => {
    const { price } = (await one(operations.price, option)) as { price: number };
    const greeks = await one(operations.greeks, option);
    expect(greeks["price"]).toBe(price);
    expect(Object.keys(greeks).sort()).toEqual(
      "charm color delta gamma price rho rhoQ speed theta vanna vega veta volga zomma".split(" "),
    );
  });

  it("takes a forward and a discount factor for spot and rate", async () => {
    const df = Math.exp(-0.02 * 0.25);
    const F = 100 * Math.exp(0.01 * 0.25);
    const a = (await one(operations.price, option)) as { price: number };
    const b = (await one(operations.price, { type: "call", F, df, K: 105, T: 0.25, sigma: 0.2 })) as {
      price: number;
    };
    expect(b.price).toBeCloseTo(a.price, 12);
  });

  it("iv turns a price back, warm or cold, and names what has no vol", async () => {
    const { price } = (await one(operations.price, option)) as { price: number };
    const { sigma: _, ...asked } = option;
    for (const warm of [{}, { sigma0: 0.4 }, { sigma: 0.19 }, { sigma: null }]) {
      const got = (await one(operations.iv, { ...asked, price, ...warm })) as { kind: string; sigma: number };
      expect(got.kind).toBe("ok");
      expect(got.sigma).toBeCloseTo(0.2, 13);
    }
    expect(await one(operations.iv, { ...asked, price: 101 })).toEqual({
      kind: "above_maximum",
      sigma: null,
    });
    expect(await one(operations.iv, { ...asked, price: "NaN" })).toEqual({ kind: "bad_input", sigma: null });
    expect(await one(operations.iv, { ...asked, T: 0, price: 1 })).toEqual({ kind: "expired", sigma: null });
  });

  it("american prices, splits off the premium, takes cash dividends, and implies", async () => {
    const put = { type: "put", S: 100, K: 110, T: 0.5, r: 0.05, q: 0, sigma: 0.25 };
    const a = (await one(operations.american, put)) as Record<
      "price" | "european" | "premium" | "delta",
      number
    >;
    const { price: european } = (await one(operations.price, put)) as { price: number };
    expect(a.european).toBeCloseTo(european, 10);
    expect(a.premium).toBeGreaterThan(0.1);
    expect(a.price).toBeGreaterThan(10);
    const { sigma: _, ...asked } = put;
    const implied = await one(operations.american, { ...asked, price: a.price });
    expect(implied).toMatchObject({ kind: "ok" });
    expect(implied["sigma"]).toBeCloseTo(0.25, 7);
    const call = { ...put, type: "call", K: 95 };
    const flat = (await one(operations.american, call)) as { price: number; premium: number };
    expect(flat.premium).toBe(0);
    const paid = { ...call, dividends: [{ t: 0.2, amount: 3 }] };
    const drop = (await one(operations.american, paid)) as { price: number; premium: number };
    expect(drop.price).toBeLessThan(flat.price);
    expect(drop.premium).toBeGreaterThan(0);
    expect(await one(operations.american, { ...call, tDiv: 0.2, dividend: 3 })).toEqual(drop);
    expect((await one(operations.american, { ...call, dividends: 3 })).error?.code).toBe("CALC-003");
    const back = await one(operations.american, { ...paid, sigma: undefined, price: drop.price });
    expect(back).toMatchObject({ kind: "ok", sigma: expect.closeTo(0.25, 7) });
    expect(await one(operations.american, { ...paid, sigma: undefined, price: 1 })).toMatchObject({
      kind: "below_intrinsic",
      sigma: null,
    });
  });

  it("forward finds what made the quotes, without an exercise premium, and names what it lacks", async () => {
    const base = { S: 100, T: 0.5, r: 0.03, q: 0.01, sigma: 0.25 };
    const truth = 100 * Math.exp(0.02 * 0.5);
    const at = async (operation: operations.Operation, type: string, K: number): Promise<number> =>
      ((await one(operation, { ...base, type, K })) as { price: number }).price;
    for (const [style, operation, near] of [
      ["european", operations.price, 1e-9],
      ["american", operations.american, 2e-3],
    ] as const) {
      const pairs = [];
      for (const K of [90, 95, 100, 105, 110]) {
        const [c, p] = [await at(operation, "call", K), await at(operation, "put", K)];
        pairs.push({ K, callBid: c - 0.05, callAsk: c + 0.05, putBid: p - 0.05, putAsk: p + 0.05 });
      }
      const line = {
        S: 100,
        T: 0.5,
        r: 0.03,
        style,
        pairs: [...pairs, { K: 120, callBid: null, callAsk: 1 }],
      };
      const got = (await one(operations.forward, line)) as {
        kind: string;
        F: number;
        borrow: number;
        pairs: number;
      };
      expect(got).toMatchObject({ kind: "ok", pairs: 5 });
      expect(Math.abs(got.F - truth)).toBeLessThan(near);
      expect(got.borrow).toBeCloseTo(0.01, 3);
    }
    const none = { S: 100, T: 0.5, r: 0.03, style: "european" };
    expect(await one(operations.forward, { ...none, pairs: [] })).toMatchObject({
      kind: "no_pairs",
      F: null,
    });
    expect((await one(operations.forward, none)).error?.code).toBe("CALC-003");
    expect((await one(operations.forward, { ...none, style: "asian", pairs: [] })).error?.code).toBe(
      "CALC-003",
    );
  });

  it("sabr evaluates and fits", async () => {
    const p = { forward: 100, T: 0.5, beta: 1 };
    const strikes = [80, 90, 100, 110, 120];
    const full = { ...p, alpha: 0.2, nu: 0.6, rho: -0.4 };
    const { vol } = (await one(operations.sabr, { ...full, strikes })) as { vol: number[] };
    expect(vol).toHaveLength(5);
    expect(await one(operations.sabr, { ...full, strike: 90 })).toEqual({ vol: vol[1] });
    const fit = (await one(operations.sabr, { ...p, strikes, iv: vol })) as { nu: number; rmse: number };
    expect(fit.nu).toBeCloseTo(0.6, 6);
    expect(fit.rmse).toBeLessThan(1e-9);
  });

  it("svi evaluates, judges and fits", async () => {
    const p = { T: 1, a: -0.041, b: 0.1331, rho: 0.306, m: 0.3586, sigma: 0.4153 };
    const k = Array.from({ length: 21 }, (_, i) => -1 + i / 10);
    const got = (await one(operations.svi, { ...p, k })) as { iv: number[]; g: number[] };
    expect(got.g).toHaveLength(21);
    expect(await one(operations.svi, p)).toMatchObject({ butterflyFree: false, leeWingOk: true });
    const fit = (await one(operations.svi, { T: 1, k, iv: got.iv })) as { m: number; butterflyFree: boolean };
    expect(fit.m).toBeCloseTo(0.3586, 6);
    expect(fit.butterflyFree).toBe(false);
    const calendar = await one(operations.svi, { near: p, far: { ...p, a: -0.04 } });
    expect(calendar).toMatchObject({ calendarFree: true });
  });
});

describe("calc lines", () => {
  it("answers every line in order, whatever the chunks, and goes on after a bad one", async () => {
    const lines = [
      JSON.stringify({ id: 1, ...option }),
      "not json",
      "[1]",
      JSON.stringify({ ...option, K: undefined }),
      JSON.stringify({ ...option, K: "105" }),
      JSON.stringify({ ...option, type: "straddle" }),
      "",
      JSON.stringify({ ...option, S: -1 }),
      JSON.stringify({ id: "é", ...option }),
    ];
    const bytes = Buffer.from(`${lines.join("\n")}\n\n\n`);
    for (const size of [1, 7, 1000]) {
      const chunks = Array.from({ length: Math.ceil(bytes.length / size) }, (_, i) =>
        bytes.subarray(i * size, (i + 1) * size),
      );
      const { rows, tally } = await run(operations.price, chunks);
      expect(rows.map((r) => r.error?.code ?? r["id"])).toEqual([
        1,
        "CALC-001",
        "CALC-001",
        "CALC-002",
        "CALC-003",
        "CALC-003",
        "CALC-001",
        "CALC-005",
        "é",
      ]);
      expect(tally).toMatchObject({ lines: 9, unreadable: 6, closed: false });
    }
  });

  it("answers a last line without an end, and nothing for no input", async () => {
    expect((await run(operations.price, [JSON.stringify(option)])).rows).toHaveLength(1);
    expect((await run(operations.price, [])).rows).toHaveLength(0);
    expect((await run(operations.price, ["\n\n"])).tally.lines).toBe(0);
  });

  it("waits for a slow reader instead of piling answers up", async () => {
    const line = `${JSON.stringify(option)}\n`.repeat(500);
    let made = 0;
    const input = Readable.from(
      (function* () {
        for (; made < 200; made++) yield line;
      })(),
      { objectMode: true, highWaterMark: 1 },
    );
    let most = 0;
    const out = new Writable({
      highWaterMark: 4096,
      write(_chunk, _encoding, done) {
        most = Math.max(most, out.writableLength);
        setTimeout(done, 1);
      },
    });
    await answerLines(input, out, operations.price);
    expect(made).toBe(200);
    expect(most).toBeLessThan(200_000);
  });
});

describe("calc as a program", () => {
  const dir = mkdtempSync(join(tmpdir(), "voldesk-calc-"));
  const file = join(dir, "in.ndjson");
  beforeAll(() => {
    const lines = Array.from({ length: 100_000 }, (_, i) => JSON.stringify({ ...option, K: 50 + i / 1000 }));
    writeFileSync(file, `${lines.join("\n")}\n`);
  });
  afterAll(() => removeFolder(dir));

  const start = (args: string[]): ChildProcess =>
    spawn(process.execPath, ["bin/voldesk.js", "calc", ...args], {
      stdio: ["pipe", "pipe", "pipe"],
    });
  const ended = (child: ChildProcess): Promise<{ code: number | null; out: string; err: string }> =>
    new Promise((resolve) => {
      let [out, err] = ["", ""];
      child.stdout!.on("data", (d) => (out += String(d)));
      child.stderr!.on("data", (d) => (err += String(d)));
      child.on("close", (code) => resolve({ code, out, err }));
    });

  it("answers 100,000 lines from standard input and ends with 0", async () => {
    const child = start(["greeks"]);
    const result = ended(child);
    child.stdin!.end(readFileSync(file));
    const { code, out, err } = await result;
    expect(err).toBe("");
    expect(code).toBe(0);
    expect(out.split("\n")).toHaveLength(100_001);
  });

  it("ends with 2 when a line could not be read, with 66 when the file is not there", async () => {
    const child = start(["price"]);
    const result = ended(child);
    child.stdin!.end('{"type":"call"}\n');
    expect((await result).code).toBe(2);
    const absent = start(["price", "/nowhere.ndjson"]);
    const { code, err } = await ended(absent);
    expect(code).toBe(66);
    expect(err).toMatch(/^CALC-006 \/nowhere\.ndjson: .*\n$/);
    expect((await ended(start(["price", "."]))).code).toBe(66);
  });

  it("is quiet when its reader closes the pipe", async () => {
    const child = start(["greeks", file]);
    let err = "";
    child.stderr!.on("data", (d) => (err += String(d)));
    const code = new Promise((resolve) => child.on("close", resolve));
    child.stdout!.once("data", () => child.stdout!.destroy());
    expect(await code).toBe(0);
    expect(err).toBe("");
  });
});

describe("calc --help", () => {
  it("lists the operations and shows an example of each that is true", async () => {
    const calc = calcCommand({ stdin: process.stdin, stdout: process.stdout, exitCode: 0 });
    const names = calc.commands.map((c) => c.name());
    expect(names).toEqual(
      expect.arrayContaining(["price", "greeks", "iv", "american", "forward", "sabr", "svi"]),
    );
    for (const c of calc.commands) {
      let help = "";
      c.configureOutput({ writeOut: (text) => (help += text) });
      c.outputHelp();
      expect(help).toContain("in   {");
      const example = /in {3}(\{.*\})/.exec(help)![1]!;
      const operation = operations[c.name() as keyof typeof operations] as operations.Operation;
      const got = await one(operation, JSON.parse(example) as object);
      expect(got.error).toBeUndefined();
      const shown = /out {2}(\{.*\})/.exec(help)![1]!;
      if (shown.includes("…")) continue;
      // The last digit of a double may change with the method; an example is true to twelve.
      const twelve = (value: unknown) =>
        JSON.parse(JSON.stringify(value), (_key, v: unknown) =>
          typeof v === "number" ? Number(v.toPrecision(12)) : v,
        );
      expect(twelve(got)).toEqual(twelve(JSON.parse(shown)));
    }
  });
});
