import { Command, Option } from "commander";
import { bundledSessionsDir } from "../store/capture/bundled.ts";
import { findSession, listSessions } from "../store/capture/catalogue.ts";
import { deriveTape } from "../store/capture/derive.ts";
import { CaptureError } from "../store/capture/errors.ts";
import { exportParquet } from "../store/capture/export/parquet.ts";
import { exportText } from "../store/capture/export/text.ts";
import { importSession } from "../store/capture/import/import.ts";
import { IMPORT_KINDS } from "../store/capture/import/kinds.ts";
import type { Manifest } from "../store/capture/manifest.ts";
import { repairSession } from "../store/capture/recover.ts";
import { openSession } from "../store/capture/session.ts";
import { verifySession } from "../store/capture/verify.ts";

export interface CapturesContext {
  /** Version that new sessions are marked with. */
  readonly build: string;
  /** Folder of the user's own sessions, if there is one, beside the bundled ones. */
  readonly folder: string | null;
  readonly out: (text: string) => void;
  readonly err: (text: string) => void;
  /** Where progress is drawn; false when the error stream is not a terminal. */
  readonly progress: boolean;
  readonly fail: (exitCode: number) => void;
}

const DEFAULT: CapturesContext = {
  build: "0",
  folder: null,
  out: (text) => process.stdout.write(text),
  err: (text) => process.stderr.write(text),
  progress: process.stderr.isTTY === true,
  fail: (code) => {
    process.exitCode = code;
  },
};

type Json = { readonly json?: boolean };

/** `captures ls | info | verify | derive | import | export`. Errors come out as {@link CaptureError}, for the caller to print. */
export function capturesCommand(context: Partial<CapturesContext> = {}): Command {
  const io = { ...DEFAULT, ...context };
  const folders = [...(io.folder === null ? [] : [io.folder]), bundledSessionsDir()];
  const find = (session: string): string => findSession(session, folders);
  const say = (json: boolean | undefined, value: unknown, text: () => string): void =>
    io.out(json === true ? `${JSON.stringify(value, null, 2)}\n` : text());
  const command = new Command("captures").description(
    "recorded market sessions: list, check, import, export",
  );

  command
    .command("ls")
    .description("list sessions: the bundled ones and your own")
    .argument("[folder]", "a folder that holds sessions")
    .option("--json", "as JSON")
    .action((folder: string | undefined, options: Json) => {
      const list = (folder === undefined ? folders : [folder]).flatMap(listSessions);
      say(options.json, list.map(listedJson), () => listText(list));
    });

  command
    .command("info")
    .description("what a session holds")
    .argument("<session>", "name or folder")
    .option("--json", "as JSON")
    .action((session: string, options: Json) => {
      const dir = find(session);
      const s = openSession(dir);
      const kinds = countBy(s.instruments.map((i) => i.kind));
      s.close();
      say(options.json, { dir, ...s.manifest, instrumentKinds: kinds }, () =>
        infoText(dir, s.manifest, kinds),
      );
    });

  command
    .command("verify")
    .description("check every file, record and row of a session")
    .argument("<session>", "name or folder")
    .option("--repair", "cut damaged raw records, keep them aside, and derive the tape from the good ones")
    .option("--json", "as JSON")
    .action((session: string, options: Json & { repair?: boolean }) => {
      const dir = find(session);
      const bar = progressLine(io);
      let report = verifySession(dir, (share) => bar.at("checking", share));
      const repair = options.repair === true && !report.ok;
      const cuts = repair ? repairSession(dir, { progress: (share) => bar.at("repairing", share) }).cuts : [];
      if (repair) report = verifySession(dir, (share) => bar.at("checking", share));
      bar.done();
      say(options.json, { dir, ...report, cuts }, () => {
        const lines = cuts.map(
          (c) => `cut ${c.cutBytes} bytes from ${c.segment} (${c.damage}), kept in ${c.aside}`,
        );
        const sums = `${report.files} files, ${report.records} raw records, ${report.rows} rows`;
        lines.push(
          ...report.problems.map((p) => p.message),
          report.ok ? `${dir}: good (${sums})` : `${dir}: not good`,
        );
        return `${lines.join("\n")}\n`;
      });
      if (!report.ok) io.fail(1);
    });

  command
    .command("derive")
    .description("decode a session's raw records to its tape again")
    .argument("<session>", "name or folder")
    .option("--json", "as JSON")
    .action((session: string, options: Json) => {
      const dir = find(session);
      const bar = progressLine(io);
      const manifest = deriveTape(dir, { progress: (share) => bar.at("deriving", share) });
      bar.done();
      say(options.json, { dir, ...manifest.derived }, () => `${dir}: ${manifest.derived?.rows} rows\n`);
    });

  command
    .command("import")
    .description(
      `make a session from files:\n${IMPORT_KINDS.map((k) => `  ${k.name.padEnd(12)} ${k.help}`).join("\n")}`,
    )
    .argument("<kind>", IMPORT_KINDS.map((k) => k.name).join(" | "))
    .argument("<files...>", "CSV or JSON, plain or gzip")
    .requiredOption("--out <folder>", "the new session's folder")
    .option("--day <YYYY-MM-DD>", "exchange day of the session, when the files' names do not tell")
    .option("--symbol <symbol>", "symbol of the files, when their names do not tell")
    .option("--zone <zone>", "time zone of the files' times of day")
    .addOption(
      new Option("--venue <venue>", "whose messages they are").choices(["binance", "deribit", "ibkr"]),
    )
    .option("--title <title>", "what the session is called in lists")
    .option("--json", "as JSON")
    .action(async (kind: string, files: string[], options: Json & ImportFlags) => {
      const bar = progressLine(io);
      const { out, day = null, symbol = null, zone = null, venue = null, title = null } = options;
      if (day !== null && !/^\d{4}-\d\d-\d\d$/.test(day))
        throw new CaptureError("CAP-012", `--day ${day}`, "Write the day as YYYY-MM-DD.");
      const progress = (what: string, share: number): void => bar.at(what, share);
      const request = { kind, files, out, day, symbol, zone, venue, title, build: io.build, progress };
      const manifest = await importSession(request).finally(() => bar.done());
      say(options.json, { dir: out, ...manifest }, () => infoText(out, manifest, null));
    });

  command
    .command("export")
    .description("write a session's events as one table")
    .argument("<session>", "name or folder")
    .addOption(new Option("--parquet <file>", "write Parquet").conflicts(["csv", "jsonList"]))
    .addOption(new Option("--csv <file>", "write CSV").conflicts("jsonList"))
    .option("--json-list <file>", "write JSON, an object an event; what its kind does not carry is left out")
    .option("--json", "as JSON")
    .action(async (session: string, options: Json & ExportFiles, self: Command) => {
      const file = options.parquet ?? options.csv ?? options.jsonList;
      if (file === undefined)
        return self.error("Say --parquet <file>, --csv <file> or --json-list <file>.", { exitCode: 2 });
      const s = openSession(find(session));
      const bar = progressLine(io);
      try {
        const at = (share: number): void => bar.at("writing", share);
        if (options.parquet !== undefined) await exportParquet(s, file, at);
        else exportText(s, options.csv === undefined ? "json" : "csv", file, at);
      } finally {
        bar.done();
        s.close();
      }
      say(options.json, { file, rows: s.rows }, () => `${file}: ${s.rows} rows\n`);
    });

  return command;
}

interface ExportFiles {
  readonly parquet?: string;
  readonly csv?: string;
  readonly jsonList?: string;
}

interface ImportFlags {
  readonly out: string;
  readonly day?: string;
  readonly symbol?: string;
  readonly zone?: string;
  readonly venue?: string;
  readonly title?: string;
}

function countBy(names: readonly string[]): Record<string, number> {
  const out: Record<string, number> = {};
  for (const name of names) out[name] = (out[name] ?? 0) + 1;
  return out;
}

type ListedSession = ReturnType<typeof listSessions>[number];

function listedJson({ dir, manifest, problem }: ListedSession): unknown {
  if (manifest === null) return { dir, problem };
  const { name, title, day, sampling, state, derived } = manifest;
  const [events, instruments] = [derived?.rows ?? null, derived?.instruments ?? null];
  return { dir, name, title, day, sampling, state, events, instruments };
}

function listText(list: readonly ListedSession[]): string {
  if (list.length === 0) return "no sessions\n";
  const width = Math.max(...list.map((l) => l.manifest?.name.length ?? 0));
  return list
    .map(({ manifest, problem }) => {
      if (manifest === null) return `${problem}\n`;
      const { name, day, sampling, derived, title } = manifest;
      const events = derived === null ? "no tape" : `${derived.rows} events`;
      return `${name.padEnd(width)}  ${day}  ${sampling.padEnd(11)}  ${events.padStart(15)}  ${title}\n`;
    })
    .join("");
}

function infoText(dir: string, m: Manifest, instruments: Record<string, number> | null): string {
  const counts = (of: Record<string, number>): string =>
    Object.entries(of)
      .map(([k, n]) => `${n} ${k}`)
      .join(", ");
  const utc = (us: number | null | undefined): string =>
    us === null || us === undefined ? "–" : new Date(us / 1000).toISOString();
  const bytes = Object.values({ ...m.files, ...m.derived?.files }).reduce((n, f) => n + f.bytes, 0);
  const rows: [string, string][] = [
    ["session", `${m.name}: ${m.title}`],
    ["folder", dir],
    ["day", `${m.day}, ${m.calendar}, ${m.zone}`],
    ["sampling", m.sampling],
    ["from", utc(m.derived?.firstUs)],
    ["to", utc(m.derived?.lastUs)],
    ["events", m.derived === null ? "no tape" : `${m.derived.rows} (${counts(m.derived.kinds)})`],
    ["instruments", instruments === null ? String(m.derived?.instruments ?? "–") : counts(instruments)],
    [
      "raw",
      `${m.raw.rows} rows or frames in ${m.raw.records} records, ${m.derived?.unread ?? 0} not for the tape`,
    ],
    ["size", `${(bytes / 1e6).toFixed(1)} MB`],
    ["origin", m.origin === null ? "–" : `${m.origin.source}, ${m.origin.licence}`],
  ];
  return rows.map(([k, v]) => `${k.padEnd(12)} ${v}\n`).join("");
}

/** One line on the error stream that tells how far long work is; nothing where that is not a terminal. */
function progressLine(io: CapturesContext): { at: (what: string, share: number) => void; done: () => void } {
  let last = "";
  return {
    at: (what, share) => {
      const line = `${what} ${Math.floor(100 * share)} %`;
      if (!io.progress || line === last) return;
      last = line;
      io.err(`\r\x1b[K${line}`);
    },
    done: () => {
      if (last !== "") io.err("\r\x1b[K");
      last = "";
    },
  };
}
