import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { freshHome, voldesk } from "./program.ts";

const IWM = "test/fixtures/chains/iwm_2026-08-18.csv";

describe("voldesk exposure", () => {
  it("shows slices, strikes and what became of the file's rows", () => {
    const { code, out, err } = voldesk(["exposure", "--from-chain", IWM]);
    expect({ code, err }).toEqual({ code: 0, err: "" });
    expect(out).toContain("IWM dealer exposure as of 2026-08-18");
    expect(out).toContain("HEURISTIC");
    expect(out).toMatch(/^all +2 +[\d,]+ +-[\d,]+ /m);
    expect(out).toMatch(/130 rows read, 130 taken/);
  });

  it("gives the same strikes as CSV, artifact and files, with every digit, adding up to the slice", () => {
    const csv = voldesk(["exposure", "--from-chain", IWM, "--format", "csv"]).out;
    const [header, ...lines] = csv.trim().split("\n");
    expect(header).toMatch(/^strike,call_oi,put_oi,call_gamma,put_gamma,net_gamma,/);
    const json = voldesk(["exposure", "--from-chain", IWM, "--format", "json"]).out;
    const { strikes, summary } = (
      JSON.parse(json) as {
        slices: { all: { strikes: Record<string, number>[]; summary: Record<string, number> } };
      }
    ).slices.all;
    expect(strikes.length).toBe(lines.length);
    expect(String(strikes[3]?.["net_gex"])).toBe(lines[3]?.split(",")[5]);
    const dir = join(freshHome(), "out");
    expect(voldesk(["exposure", "--from-chain", IWM, "--out", dir]).code).toBe(0);
    const file = join(dir, "exposure", "IWM", "2026-08-18.json");
    expect(readFileSync(file, "utf8")).toBe(json);
    const sum = strikes.reduce((a, r) => a + (r["net_gex"] ?? 0), 0);
    expect(sum / (summary["net_gamma"] as number)).toBeCloseTo(1, 9);
    expect(existsSync(file.replace("json", "exposure_strikes.csv"))).toBe(false);
  });

  it("has the original system's figures as compat, with its warning that no gamma is in this file", () => {
    const { code, out } = voldesk(["exposure", "--from-chain", IWM, "--mode", "compat"]);
    expect(code).toBe(0);
    expect(out).toContain("mode compat all");
    expect(out).toMatch(/warning .*gamma/);
  });

  it.each([
    [["--from-chain", "/nowhere.csv"], 66],
    [["--from-chain", "package.json"], 65],
    [["--from-chain", IWM, "--as-of", "tomorrow"], 2],
    [["--from-chain", IWM, "--slice", "weekly"], 2],
    [["--from-chain", IWM, "--from-store"], 2],
  ])("%j is one clear sentence and exit %i", (args, wanted) => {
    const { code, out, err } = voldesk(["exposure", ...args]);
    expect({ code, out }).toEqual({ code: wanted, out: "" });
    expect(err).toMatch(/^[A-Z]+-\d{3} .+\.\n$/);
  });
});
