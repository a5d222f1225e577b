/**
 * Makes the two sessions under data/sessions from the vendor's sample files. Run once, by hand:
 *
 *   node scripts/run.mjs scripts/bundle-sessions.ts <folder with options/, bars/ and ticks/> <folder for the sessions>
 */
import { cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { readTable } from "../store/capture/csv-table.ts";
import { fileHash } from "../store/capture/derive.ts";
import { type Manifest, writeManifest } from "../store/capture/manifest.ts";
import { packTable } from "../store/capture/raw-table.ts";
import { Compression, packRecord, RecordKind, SEGMENT_MAGIC } from "../store/capture/segment.ts";
import type { SourceKindName } from "../store/capture/sources.ts";
import { wallUs } from "../store/capture/zones.ts";

const NEW_YORK = "America/New_York";
/** The vendor's condition word of a closing auction. */
const CLOSING_PRINT = "80";

interface Part {
  readonly kind: SourceKindName;
  readonly symbol: string;
  readonly file: string;
  /** Only these rows of the file. */
  readonly keep?: (row: Readonly<Record<string, string>>) => boolean;
  /** Day of the rows where it is not the session's own. */
  readonly day?: string;
}
interface Bundle {
  readonly name: string;
  readonly title: string;
  readonly day: string;
  readonly sampling: Manifest["sampling"];
  readonly speed: number;
  readonly parts: readonly Part[];
}

const LEAN = "options/lean_minute/goog_2015-12-24";
const BUNDLES: readonly Bundle[] = [
  {
    name: "goog-2015-12-24",
    title: "GOOG and its 2,192 options, minute bars of a half day",
    day: "2015-12-24",
    sampling: "minute bars",
    speed: 30,
    parts: [
      {
        kind: "lean.equity.quotes-1m",
        symbol: "GOOG",
        file: "bars/lean_1m/goog_20151224_20151224_quotes.csv.gz",
      },
      {
        kind: "lean.equity.trades-1m",
        symbol: "GOOG",
        file: "bars/lean_1m/goog_20151224_20151224_trades.csv.gz",
      },
      {
        kind: "lean.option.closes",
        symbol: "GOOG",
        file: "options/lean_eod/goog_2015-12-23_2015-12-29.csv.gz",
        keep: (row) => row.date === "2015-12-23",
      },
      { kind: "lean.option.openinterest", symbol: "GOOG", file: `${LEAN}_openinterests.csv.gz` },
      { kind: "lean.option.quotes-1m", symbol: "GOOG", file: `${LEAN}_quotes.csv.gz` },
      { kind: "lean.option.trades-1m", symbol: "GOOG", file: `${LEAN}_trades.csv.gz` },
    ],
  },
  {
    name: "bac-ibm-2013-10-08",
    title: "BAC and IBM, every NBBO change and trade in milliseconds",
    day: "2013-10-08",
    sampling: "ticks",
    speed: 1,
    parts: ["bac", "ibm"].flatMap((s): Part[] => [
      {
        kind: "lean.equity.quote-ticks",
        symbol: s.toUpperCase(),
        file: `ticks/equity_2013/${s}_20131008_quotes.csv.gz`,
      },
      {
        kind: "lean.equity.trade-ticks",
        symbol: s.toUpperCase(),
        file: `ticks/equity_2013/${s}_20131008_trades.csv.gz`,
      },
      {
        kind: "lean.equity.closing-prints",
        symbol: s.toUpperCase(),
        file: `ticks/equity_2013/${s}_20131007_trades.csv.gz`,
        day: "2013-10-07",
        keep: (row) => row.exchange === "N" && row.condition_hex === CLOSING_PRINT,
      },
    ]),
  },
];

async function bundle(from: string, to: string, b: Bundle): Promise<void> {
  const dir = join(to, b.name);
  rmSync(dir, { recursive: true, force: true });
  mkdirSync(join(dir, "raw"), { recursive: true });
  const chunks: Buffer[] = [SEGMENT_MAGIC];
  let rows = 0;
  for (const part of b.parts) {
    const { keep } = part;
    const meta = {
      kind: part.kind,
      symbol: part.symbol,
      day: part.day ?? b.day,
      zone: NEW_YORK,
      file: basename(part.file),
    };
    rows += await readTable(
      join(from, part.file),
      part.kind,
      (table) => {
        chunks.push(packRecord(RecordKind.table, packTable(meta, table), Compression.brotli, 11));
      },
      keep === undefined ? {} : { subset: true, keep },
    );
  }
  writeFileSync(join(dir, "raw/000001.seg"), Buffer.concat(chunks));
  const papers = ["ORIGIN.md", "LICENSE"];
  cpSync(`scripts/bundle/${b.name}.md`, join(dir, "ORIGIN.md"));
  cpSync("LICENSE", join(dir, "LICENSE"));
  const { version } = JSON.parse(readFileSync("package.json", "utf8")) as { version: string };
  writeManifest(dir, {
    format: "voldesk-session",
    schema: 1,
    name: b.name,
    title: b.title,
    build: version,
    state: "complete",
    day: b.day as Manifest["day"],
    calendar: "NYSE",
    zone: NEW_YORK,
    sampling: b.sampling,
    replay: { speed: b.speed, startUs: wallUs(b.day, "09:30", NEW_YORK) as Manifest["replay"]["startUs"] },
    origin: {
      source: "QuantConnect/Lean sample data by AlgoSeek, commit 24863901deff",
      licence: "Apache-2.0",
    },
    files: Object.fromEntries(["raw/000001.seg", ...papers].map((f) => [f, fileHash(dir, f)])),
    raw: { records: chunks.length - 1, rows },
    derived: null,
  });
  console.log(`${b.name}: ${rows} rows, ${chunks.reduce((n, c) => n + c.length, 0)} bytes`);
}

const [from, to] = process.argv.slice(2);
if (from === undefined || to === undefined) {
  console.error("usage: bundle-sessions.ts <source folder> <sessions folder>");
  process.exit(2);
}
for (const b of BUNDLES) await bundle(from, to, b);
