import { readFileSync } from "node:fs";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { BUNDLED_SESSIONS, bundledSessionsDir } from "../../../store/capture/bundled.ts";
import { tableLines } from "../../../store/capture/csv-table.ts";
import { importSession } from "../../../store/capture/import/import.ts";
import { unpackTable } from "../../../store/capture/raw-table.ts";
import { scanSegment } from "../../../store/capture/segment.ts";
import { openSession } from "../../../store/capture/session.ts";
import { verifySession } from "../../../store/capture/verify.ts";
import { tempDir } from "./helpers.ts";

/** A folder with the vendors' sample files, where there is one. */
const SHARED = process.env.VOLDESK_SHARED;
const data = (path: string): string => join(SHARED ?? "", "data", path);

describe("the bundled sessions", () => {
  it.each(BUNDLED_SESSIONS)("%s verifies from manifest to last row", (name) => {
    expect(verifySession(join(bundledSessionsDir(), name))).toMatchObject({ ok: true, problems: [] });
  });

  const folders = ["options/lean_minute", "bars/lean_1m", "ticks/equity_2013"];
  it.skipIf(SHARED === undefined)("hold their source files cell for cell", () => {
    let compared = 0;
    for (const name of BUNDLED_SESSIONS) {
      const path = join(bundledSessionsDir(), name, "raw/000001.seg");
      scanSegment(readFileSync(path), path, (record) => {
        const { meta, table } = unpackTable(record.body, path);
        if (meta.kind === "lean.option.closes") return;
        const folder = folders.find(
          (f) =>
            meta.kind.startsWith("lean.option") === f.startsWith("options") &&
            /ticks$|closing-prints$/.test(meta.kind) === f.startsWith("ticks"),
        );
        const source = gunzipSync(readFileSync(data(`${folder}/${meta.file}`)))
          .toString()
          .trimEnd()
          .split("\n")
          .slice(1);
        if (meta.kind === "lean.equity.closing-prints") {
          // Of the day before only the auctions are kept.
          const kept = [...tableLines(meta.kind, table)];
          expect(kept.filter((line) => !source.includes(line))).toEqual([]);
          return;
        }
        let at = 0;
        for (const line of tableLines(meta.kind, table))
          if (line !== source[at++]) throw new Error(`${meta.file} row ${at}: ${line}`);
        expect(at).toBe(source.length);
        compared += at;
      });
    }
    expect(compared).toBe(281_247 - 2192 + 861_099);
  });
});

describe.skipIf(SHARED === undefined)("real files", () => {
  it("tell as many shares traded in IBKR ticks as the day's volume grew by", async () => {
    const out = join(tempDir(), "ibkr");
    const none = { day: null, zone: null, title: null, venue: null };
    const files = [data("frames/ibkr/tick_data_2022-01-07.json.gz")];
    await importSession({ kind: "frames", files, out, build: "0", ...none, symbol: "EQ/0700/HKD" });
    const ticks = JSON.parse(gunzipSync(readFileSync(files[0] as string)).toString()) as {
      tickType: number;
      size: number;
    }[];
    const volumes = ticks.filter((t) => t.tickType === 8).map((t) => t.size);
    const firstVolume = ticks.findIndex((t) => t.tickType === 8);
    const s = openSession(out);
    let traded = 0;
    const c = s.block(0);
    for (let i = 0; i < c.n; i++) if (c.kind[i] === 2) traded += c.b[i] as number;
    s.close();
    const before = ticks
      .slice(0, firstVolume)
      .filter((t) => t.tickType === 5)
      .reduce((n, t) => n + t.size, 0);
    expect(traded - before).toBe((volumes.at(-1) as number) - (volumes[0] as number));
  });
});
