import { describe, expect, it } from "vitest";
import { voldesk } from "./program.ts";

const AT = ["--session", "goog-2015-12-24", "--at", "10:34"];

describe("voldesk flow and levels", () => {
  it("flow adds up by strike", () => {
    const { code, out } = voldesk(["flow", ...AT, "--format", "json"]);
    expect(code).toBe(0);
    const found = JSON.parse(out) as Record<string, Record<string, number>[]>;
    for (const table of ["contract_flow", "time_buckets"]) {
      const sum = (key: string) => (found[table] ?? []).reduce((a, r) => a + (r[key] ?? 0), 0);
      expect([sum("trades"), sum("buy_volume"), sum("sell_volume"), sum("unknown_volume")]).toEqual([
        287, 803, 2126, 210,
      ]);
    }
    expect(voldesk(["flow", ...AT]).out).toContain(
      "287 trades, contracts bought 803, sold 2126, unknown 210",
    );
  });

  it("flow by the original's rules counts the same trades against quotes of their own time", () => {
    const { out } = voldesk(["flow", ...AT, "--mode", "compat", "--format", "json"]);
    const rows = (JSON.parse(out) as { contract_flow: Record<string, number>[] }).contract_flow;
    const sum = (key: string) => rows.reduce((a, r) => a + (r[key] ?? 0), 0);
    expect(sum("trades")).toBe(287);
    expect(sum("buy_volume") + sum("sell_volume") + sum("unknown_volume")).toBe(803 + 2126 + 210);
    // What prints inside the spread stays without a side there.
    expect(sum("unknown_volume")).toBeGreaterThan(1000);
  });

  it("levels come nearest first", () => {
    const { code, out } = voldesk(["levels", ...AT, "--format", "csv"]);
    expect(code).toBe(0);
    const away = out
      .trim()
      .split("\n")
      .slice(1)
      .map((line) => Math.abs(Number(line.split(",")[3])));
    expect(away.length).toBeGreaterThan(8);
    expect(away).toEqual(away.toSorted((a, b) => a - b));
  });

  it.each([
    [["flow", "--session", "bac-ibm-2013-10-08", "--at", "10:00"], 66],
    [["levels", ...AT, "--symbol", "XXX"], 66],
    [["flow", "--format", "xml"], 2],
  ])("%j is one clear sentence and exit %i", (args, wanted) => {
    const { code, out, err } = voldesk(args);
    expect({ code, out }).toEqual({ code: wanted, out: "" });
    expect(err).toMatch(/^[A-Z]+-\d{3} .+\.\n$/);
  });
});
