import { spawnSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import type { Answer, OracleFile } from "../../bin/oracle/adapter.ts";
import { distance } from "../../bin/oracle/adapter.ts";
import { ADAPTERS } from "../../bin/oracle/adapters.ts";
import { report, runOracle } from "../../bin/oracle/run.ts";
import { removeFolder } from "../harness/folders.ts";

const fixtures = new URL("../fixtures/", import.meta.url);
const text = (name: string): string => readFileSync(new URL(`oracles/${name}`, fixtures), "utf8");
const files = ["oracles", "seeds"].flatMap((f) =>
  readdirSync(new URL(`${f}/`, fixtures))
    .filter((name) => name.endsWith(".json"))
    .map((name) => `${f}/${name}`),
);

function changed(name: string, edit: (file: Record<string, never>) => void): string {
  const file = JSON.parse(text(name)) as Record<string, never>;
  edit(file);
  return JSON.stringify(file);
}

describe("oracle files", () => {
  for (const name of files) {
    const content = readFileSync(new URL(name, fixtures), "utf8");
    const file = JSON.parse(content) as OracleFile;
    const takers = ADAPTERS.filter((a) => a.recognises(file));
    // A seed file may lie here before its adapter does.
    it.skipIf(takers.length === 0)(`${name} is recognised by one adapter and passes`, () => {
      expect(takers).toHaveLength(1);
      expect(runOracle(content, ADAPTERS)).toMatchObject({ kind: "ran", failed: 0 });
    });
  }

  it("answers the kinds of file its engines are there for", () => {
    const ran = files.filter(
      (f) => runOracle(readFileSync(new URL(f, fixtures), "utf8"), ADAPTERS).kind === "ran",
    );
    expect(ran.length).toBeGreaterThanOrEqual(11);
  });

  it("fails a case that is off by more than its tolerance, and says which", () => {
    const moved = changed("surface.json", (f) => {
      const [row] = f["sabr"] as unknown as { vol: number[] }[];
      row!.vol[3]! *= 1 + 1e-11;
    });
    const outcome = runOracle(moved, ADAPTERS);
    expect(outcome).toMatchObject({ kind: "ran", failed: 1, worst: { id: "sabr.0", at: "vol.3" } });
    expect(report("moved.json", outcome)).toMatch(
      /1 failed, worst [\d.]+ of the tolerance \(case sabr\.0, vol\.3\)/,
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

describe("npm run oracle", () => {
  const run = (...args: string[]) =>
    spawnSync(process.execPath, ["scripts/run.mjs", "bin/oracle.ts", ...args], { encoding: "utf8" });
  const path = (name: string): string => fileURLToPath(new URL(`oracles/${name}`, fixtures));

  it("prints a line per file, or a line of JSON per case, and ends by what it found", () => {
    const plain = run(path("realised_vol.json"));
    expect(plain).toMatchObject({ status: 0, stderr: "" });
    expect(plain.stdout).toMatch(
      /^realised_vol\.json: realised volatility: 2 passed, 0 failed, worst [\d.e-]+ of /,
    );
    const dumped = run("--dump", path("diff_evolution.json"));
    const rows = dumped.stdout
      .trim()
      .split("\n")
      .map((l) => JSON.parse(l) as { id: string; got: unknown });
    expect(rows).toHaveLength(24);
    expect(rows[0]).toEqual({ id: "sphere.probe.0", got: expect.any(Number) as number });
    expect(dumped.stderr).toMatch(/^diff_evolution\.json: /);
    expect(run("/nowhere.json")).toMatchObject({ status: 2, stdout: "" });
    const dir = mkdtempSync(join(tmpdir(), "voldesk-oracle-"));
    try {
      const moved = join(dir, "moved.json");
      writeFileSync(
        moved,
        changed(
          "realised_vol.json",
          (f) => void ((f["cases"] as unknown as { zeroMean: number }[])[0]!.zeroMean += 1),
        ),
      );
      expect(run(moved)).toMatchObject({ status: 1 });
    } finally {
      removeFolder(dir);
    }
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
