import { readdirSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import type { Answer, OracleFile } from "../../bin/oracle/adapter.ts";
import { distance } from "../../bin/oracle/adapter.ts";
import { ADAPTERS } from "../../bin/oracle/adapters.ts";
import { report, runOracle } from "../../bin/oracle/run.ts";

const folder = new URL("../fixtures/oracles/", import.meta.url);
const text = (name: string): string => readFileSync(new URL(name, folder), "utf8");

function changed(name: string, edit: (file: Record<string, never>) => void): string {
  const file = JSON.parse(text(name)) as Record<string, never>;
  edit(file);
  return JSON.stringify(file);
}

describe("oracle files", () => {
  for (const name of readdirSync(folder).filter((f) => f.endsWith(".json"))) {
    it(`${name} is recognised by one adapter and passes`, () => {
      const file = JSON.parse(text(name)) as OracleFile;
      expect(ADAPTERS.filter((a) => a.recognises(file))).toHaveLength(1);
      const outcome = runOracle(text(name), ADAPTERS);
      expect(outcome).toMatchObject({ kind: "ran", failed: 0 });
    });
  }

  it("fails a case that is off by more than its tolerance, and says which", () => {
    const moved = changed("surface.json", (f) => {
      const [row] = f["sabr"] as unknown as { vol: number[] }[];
      row!.vol[3]! *= 1 + 1e-11;
    });
    const outcome = runOracle(moved, ADAPTERS);
    expect(outcome).toMatchObject({ kind: "ran", failed: 1, worst: { id: "sabr.0", at: "vol.3" } });
    expect(report("moved.json", outcome)).toMatch(
      /1 failed, worst 1\d\.\d of the tolerance \(case sabr\.0, vol\.3\)/,
    );
    const flipped = changed("surface.json", (f) => {
      const [row] = f["calendarPairs"] as unknown as { calendarFree: boolean }[];
      row!.calendarFree = !row!.calendarFree;
    });
    expect(runOracle(flipped, ADAPTERS)).toMatchObject({ failed: 1, worst: { ratio: Infinity } });
  });

  it("gives every case's answer in order, under the keys of the file", () => {
    const answers: Answer[] = [];
    runOracle(text("realised_vol.json"), ADAPTERS, (a) => answers.push(a));
    expect(answers.map((a) => a.id)).toEqual([0, 1]);
    expect(Object.keys(answers[0]!.got as object)).toContain("rolling10_ddof1");
  });

  it("says when no engine answers yet, and when the file is none", () => {
    expect(runOracle('{"header":{},"cases":[]}', ADAPTERS)).toEqual({ kind: "no_engine" });
    expect(runOracle('{"engine":"unheard_of","cases":[]}', ADAPTERS)).toEqual({ kind: "no_engine" });
    expect(report("x.json", { kind: "no_engine" })).toBe("x.json: no engine yet");
    expect(runOracle("{", ADAPTERS).kind).toBe("not_an_oracle");
    expect(runOracle("[]", ADAPTERS).kind).toBe("not_an_oracle");
    expect(runOracle('{"a":1}', ADAPTERS).kind).toBe("not_an_oracle");
  });
});

describe("distance", () => {
  const tol = (): number => 0.1;
  it("measures the worst number, and is infinite for a missing key, a wrong length or another value", () => {
    expect(distance({ a: [1, 2.05], b: null }, { a: [1, 2], b: null }, tol)).toMatchObject({ at: "a.1" });
    expect(distance({ a: [1, 2.05] }, { a: [1, 2] }, tol).ratio).toBeCloseTo(0.5, 10);
    expect(distance({ a: [1] }, { a: [1, 2] }, tol).ratio).toBe(Infinity);
    expect(distance({}, { a: 1 }, tol).ratio).toBe(Infinity);
    expect(distance({ a: 1, b: 2 }, { a: 1 }, tol).ratio).toBe(Infinity);
    expect(distance({ a: Number.NaN }, { a: 1 }, tol).ratio).toBe(Infinity);
    expect(distance({ a: null }, { a: 1 }, tol).ratio).toBe(Infinity);
    expect(distance({ a: 0 }, { a: null }, tol).ratio).toBe(Infinity);
    expect(distance({ a: "x" }, { a: "y" }, tol).ratio).toBe(Infinity);
  });
});
