import {
  cpSync,
  readdirSync,
  readFileSync,
  statSync,
  truncateSync,
  unlinkSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { beforeAll, describe, expect, it } from "vitest";
import { CAPTURE_ERRORS, CaptureError } from "../../../store/capture/errors.ts";
import { openSession } from "../../../store/capture/session.ts";
import { verifySession } from "../../../store/capture/verify.ts";
import { removeFolder } from "../../harness/folders.ts";
import { smallSession, tempDir } from "./helpers.ts";

let whole = "";
let files: string[] = [];
beforeAll(() => {
  whole = smallSession();
  files = readdirSync(whole, { recursive: true })
    .map(String)
    .filter((f) => statSync(join(whole, f)).isFile())
    .sort();
});

/** Opens and reads everything; only the typed error may come out, with its code and one sentence. */
function openAll(dir: string): void {
  try {
    const s = openSession(dir);
    try {
      for (let b = 0; b < s.blocks.length; b++) s.block(b);
      s.findSeq(0);
    } finally {
      s.close();
    }
  } catch (e) {
    expect(e).toBeInstanceOf(CaptureError);
    expect((e as CaptureError).message).toMatch(/^CAP-\d{3} [A-Z].*\. [A-Z].*\.$/);
    expect((e as CaptureError).message).not.toContain("\n");
  }
}

function damaged(change: (dir: string) => void): void {
  const dir = join(tempDir(), "copy");
  cpSync(whole, dir, { recursive: true });
  change(dir);
  const report = verifySession(dir);
  expect(report.ok).toBe(false);
  for (const p of report.problems) expect(Object.keys(CAPTURE_ERRORS)).toContain(p.code);
  openAll(dir);
  removeFolder(dir);
}

describe("a damaged session", () => {
  it("is whole to begin with", () => {
    expect(verifySession(whole)).toMatchObject({ ok: true, problems: [] });
    expect(files).toEqual([
      "manifest.json",
      "manifest.sha256",
      "raw/000001.seg",
      "tape/index.json",
      "tape/instruments.json",
      "tape/tape.bin",
    ]);
  });

  it("is found out when any byte of any file changes", () => {
    fc.assert(
      fc.property(fc.nat(), fc.nat(), fc.integer({ min: 1, max: 255 }), (f, at, mask) => {
        damaged((dir) => {
          const path = join(dir, files[f % files.length] as string);
          const bytes = readFileSync(path);
          const i = at % bytes.length;
          bytes[i] = (bytes[i] as number) ^ mask;
          writeFileSync(path, bytes);
        });
      }),
      { numRuns: 250 },
    );
  });

  it("is found out when its index says another length for the rare events", () => {
    damaged((dir) => {
      const path = join(dir, "tape/index.json");
      const text = readFileSync(path, "utf8");
      const changed = text.replace(/"objectsBytes":(\d+)/, (_, n) => `"objectsBytes":${Number(n) - 1}`);
      expect(changed).not.toBe(text);
      writeFileSync(path, changed);
    });
  });

  it("is found out when any file is cut anywhere", () => {
    fc.assert(
      fc.property(fc.nat(), fc.nat(), (f, at) => {
        damaged((dir) => {
          const path = join(dir, files[f % files.length] as string);
          truncateSync(path, at % statSync(path).size);
        });
      }),
      { numRuns: 120 },
    );
  });

  it("is found out when a file is gone or a foreign one takes its place", () => {
    for (const f of files) {
      damaged((dir) => unlinkSync(join(dir, f)));
      damaged((dir) => writeFileSync(join(dir, f), "PK\u0003\u0004 something else altogether"));
    }
    damaged((dir) => writeFileSync(join(dir, "raw/000002.seg"), "PK\u0003\u0004"));
  });

  it("names what is wrong: no session, another schema, a manifest that is none, no tape", () => {
    const code = (dir: string): string => {
      try {
        openSession(dir).close();
        return "";
      } catch (e) {
        return (e as CaptureError).code;
      }
    };
    const copy = (change: (text: string) => string): string => {
      const dir = join(tempDir(), "copy");
      cpSync(whole, dir, { recursive: true });
      const path = join(dir, "manifest.json");
      writeFileSync(path, change(readFileSync(path, "utf8")));
      return dir;
    };
    expect(code(join(tempDir(), "nothing"))).toBe("CAP-001");
    expect(code(tempDir())).toBe("CAP-001");
    expect(code(join(whole, "manifest.json"))).toBe("CAP-001");
    expect(code(copy((t) => t.replace('"schema": 1', '"schema": 2')))).toBe("CAP-003");
    expect(code(copy(() => "{}"))).toBe("CAP-002");
    expect(code(copy(() => "not json"))).toBe("CAP-002");
    expect(code(copy((t) => t.replace('"sampling": "ticks"', '"sampling": "hours"')))).toBe("CAP-002");
    expect(code(copy((t) => JSON.stringify({ ...JSON.parse(t), derived: null })))).toBe("CAP-004");
  });
});
