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

  it("gives the same strikes as CSV, JSON and files, with every digit, adding up to the slice", () => {
    const csv = voldesk(["exposure", "--from-chain", IWM, "--format", "csv"]).out;
    const [header, ...lines] = csv.trim().split("\n");
    expect(header).toMatch(/^strike,call_oi,put_oi,call_gamma,put_gamma,net_gamma,/);
    const json = voldesk(["exposure", "--from-chain", IWM, "--format", "json"]).out;
    const rows = JSON.parse(json) as Record<string, number>[];
    expect(rows.length).toBe(lines.length);
    expect(String(rows[3]?.["net_gamma"])).toBe(lines[3]?.split(",")[5]);
    const dir = join(freshHome(), "out");
    expect(voldesk(["exposure", "--from-chain", IWM, "--out", dir]).code).toBe(0);
    expect(readFileSync(join(dir, "exposure_strikes.json"), "utf8")).toBe(json);
    const slices = JSON.parse(readFileSync(join(dir, "exposure_slices.json"), "utf8")) as Record<
      string,
      number
    >[];
    const sum = rows.reduce((a, r) => a + (r["net_gamma"] ?? 0), 0);
    expect(sum / (slices[2]?.["net_gamma"] as number)).toBeCloseTo(1, 9);
    expect(existsSync(join(dir, "exposure_strikes.csv"))).toBe(false);
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
    [[], 2],
  ])("%j is one clear sentence and exit %i", (args, wanted) => {
    const { code, out, err } = voldesk(["exposure", ...args]);
    expect({ code, out }).toEqual({ code: wanted, out: "" });
    expect(err).toMatch(/^[A-Z]+-\d{3} .+\.\n$/);
  });
});
