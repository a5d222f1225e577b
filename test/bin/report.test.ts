import { createHash } from "node:crypto";
import { mkdtempSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { artifactHash, readArtifact } from "../../store/artifacts/artifact.ts";
import type { ArtifactKind } from "../../store/artifacts/schemas.ts";
import { removeFolder } from "../harness/folders.ts";
import { commandsIn } from "./in-process.ts";

const IWM = "test/fixtures/chains/iwm_2026-08-18.csv";
let dir: string;
let book: string;
beforeAll(() => {
  dir = mkdtempSync(join(tmpdir(), "voldesk-report-"));
  book = join(dir, "book.yaml");
  writeFileSync(
    book,
    `version: 1
account: paper
deposits: [{ ccy: USD, amount: 100000, date: 2026-08-01 }]
positions:
  - { instrument: IWM 2026-09-18 300 C, qty: 2, avg: 8.00, opened: 2026-08-17 }
  - { instrument: TLT, qty: 50, avg: 90.00, opened: 2026-08-17 }
`,
  );
});
afterAll(() => removeFolder(dir));
const voldesk = commandsIn(() => dir);

const tree = (root: string): Map<string, string> =>
  new Map(
    readdirSync(root, { recursive: true, withFileTypes: true })
      .filter((f) => f.isFile())
      .map((f) => join(f.parentPath, f.name))
      .sort()
      .map((path) => [path.slice(root.length + 1), readFileSync(path, "utf8")]),
  );

it("a pack holds every artifact, a manifest that fits them, and one page; the same bytes again", async () => {
  const args = ["report", "pack", "--portfolio", book, "--from-chain", IWM, join(dir, "nowhere.csv")];
  const [a, b] = [join(dir, "a"), join(dir, "b")];
  expect(await voldesk(...args, "--out", a)).toMatchObject({ error: null, code: 0 });
  expect(await voldesk(...args, "--out", b)).toMatchObject({ error: null, code: 0 });
  const files = tree(a);
  expect(tree(b)).toEqual(files);
  const { parts } = JSON.parse(files.get("manifest.json") as string) as {
    parts: { kind: string; status: string; file: string | null; hash: string; reason: string | null }[];
  };
  const made = parts.filter((p) => p.status === "ok");
  expect([...files.keys()].filter((f) => f !== "manifest.json").sort()).toEqual(
    made.map((p) => p.file).sort(),
  );
  for (const { kind, file, hash } of made)
    if (kind === "briefing") {
      expect(
        createHash("sha256")
          .update(files.get(file as string) as string)
          .digest("hex"),
      ).toBe(hash);
    } else expect(artifactHash(readArtifact(join(a, file as string), kind as ArtifactKind))).toBe(hash);
  expect(new Set(made.map((p) => p.kind))).toEqual(
    new Set(["iv_surface", "iv_term_structure", "exposure", "levels", "scenarios", "briefing"]),
  );
  const skipped = parts.filter((p) => p.status === "skipped").map((p) => `${p.kind}: ${p.reason}`);
  expect(skipped.join("\n")).toMatch(/chain: IMP-001 .*\n.*WH-002[^]*intraday_flow: a chain has no trades/);

  const text = files.get("briefing/2026-08-18.md") as string;
  for (const words of [
    "## Portfolio paper",
    "Not priced and not in these figures: 1",
    "Dealer gamma (heuristic",
    "## Left out",
  ])
    expect(text).toContain(words);
  expect(text).toMatch(/\| IWM 18sep 300 C \| 2 \| 8 \|/);
  const page = files.get("briefing/2026-08-18.html") as string;
  expect(page.match(/<svg /g)?.length).toBe([...files.keys()].filter((f) => f.endsWith(".svg")).length);
  expect(page).not.toMatch(/<script|https?:\/\/(?!www\.w3\.org)/);
  for (const [name, content] of files) expect([name, content.includes(dir)]).toEqual([name, false]);
});

it("without any chain it says so, and nothing is written", async () => {
  const out = join(dir, "none");
  expect((await voldesk("report", "briefing", "--portfolio", book, "--out", out)).error).toBe("IMP-004");
  expect((await voldesk("report", "briefing", "--from-chain", "/nowhere.csv", "--out", out)).error).toBe(
    "IMP-004",
  );
  expect(() => readdirSync(out)).toThrow();
});
