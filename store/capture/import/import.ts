/** Makes a session from vendors' files: their rows to raw records, then the tape from those. */
import { rmSync } from "node:fs";
import { basename } from "node:path";
import { type Catalog, calendarZone, sessionOn } from "../../../engines/market/index.ts";
import { deriveTape, fileHash } from "../derive.ts";
import { CaptureError } from "../errors.ts";
import { type Manifest, writeManifest } from "../manifest.ts";
import { openSession } from "../session.ts";
import { newFolder } from "../session-writer.ts";
import { IMPORT_KINDS } from "./kinds.ts";
import { ImportOutput } from "./output.ts";
import type { ImportRequest } from "./request.ts";

export interface ImportOptions extends ImportRequest {
  readonly kind: string;
  readonly files: readonly string[];
  readonly out: string;
  readonly title: string | null;
  readonly build: string;
  /** Products that the files name; the shipped catalog when left out. */
  readonly catalog?: Catalog;
  readonly progress?: (what: string, share: number) => void;
}

/** @throws CaptureError; the folder is taken away again when the import fails. */
export async function importSession(options: ImportOptions): Promise<Manifest> {
  const kind = IMPORT_KINDS.find((k) => k.name === options.kind);
  if (kind === undefined) {
    const names = IMPORT_KINDS.map((k) => k.name).join(", ");
    throw new CaptureError(
      "CAP-012",
      options.files[0] ?? options.out,
      `Choose one of ${names}.`,
      `kind ${options.kind}`,
    );
  }
  newFolder(options.out);
  try {
    const out = new ImportOutput(options.out);
    const days = new Set<string>();
    try {
      for (const [i, file] of options.files.entries()) {
        options.progress?.(`reading ${basename(file)}`, i / options.files.length);
        days.add(await kind.read(file, options, out));
      }
    } finally {
      out.close();
    }
    const day = options.day ?? [...days].sort((a, b) => (a < b ? -1 : 1))[0] ?? "";
    const name = basename(options.out).replace(/[^A-Za-z0-9._-]/g, "-");
    const raw = "raw/000001.seg";
    writeManifest(options.out, {
      format: "voldesk-session",
      schema: 1,
      name: /^[A-Za-z0-9]/.test(name) ? name : `s${name}`,
      title:
        options.title ?? `${kind.name}: ${options.files.map((f) => basename(f)).join(", ")}`.slice(0, 120),
      build: options.build,
      state: "complete",
      day: day as Manifest["day"],
      calendar: "24H",
      zone: "UTC",
      sampling: kind.sampling,
      replay: { speed: kind.sampling === "minute bars" ? 30 : 1, startUs: null },
      origin: null,
      files: { [raw]: fileHash(options.out, raw) },
      raw: { records: out.records, rows: out.rows },
      derived: null,
    });
    const progress = (share: number): void => options.progress?.("deriving the tape", share);
    const { catalog } = options;
    const made = deriveTape(options.out, catalog === undefined ? { progress } : { progress, catalog });
    return atExchange(options.out, made);
  } catch (e) {
    rmSync(options.out, { recursive: true, force: true });
    throw e;
  }
}

/** The session's hours are those of its first instrument's exchange; a replay opens with the exchange, where it has an opening. */
function atExchange(dir: string, made: Manifest): Manifest {
  const session = openSession(dir);
  const calendar = session.instruments[0]?.calendar ?? made.calendar;
  session.close();
  let hours: ReturnType<typeof sessionOn>;
  try {
    hours = sessionOn(calendar, made.day);
  } catch {
    // Days outside the calendars have no known hours.
    return made;
  }
  const openUs =
    hours !== null && hours.openUs > (made.derived?.firstUs ?? Number.POSITIVE_INFINITY)
      ? hours.openUs
      : null;
  const replay = { ...made.replay, startUs: openUs };
  const manifest = { ...made, calendar, zone: calendarZone(calendar), replay };
  writeManifest(dir, manifest);
  return manifest;
}
