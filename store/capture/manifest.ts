/** `manifest.json`: what a session is, and what its files must hash to. */
import { createHash } from "node:crypto";
import { readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import * as z from "zod";
import type { IsoDay, Micros } from "../../engines/market/index.ts";
import { CaptureError, fileError } from "./errors.ts";

export const SESSION_SCHEMA = 1;
export const MANIFEST = "manifest.json";

const count = z.int().nonnegative();
const micros = z.number().transform((v) => v as Micros);

/** A trade's venue and vendor condition code; rows point at it by their `ref`. */
export const condition = z.strictObject({ venue: z.string(), code: z.string() });
export type Condition = z.infer<typeof condition>;

const fileEntry = z.strictObject({ bytes: count, sha256: z.string().regex(/^[0-9a-f]{64}$/) });

const derived = z.strictObject({
  /** Version of the decoders that made the tape; a tape of another version is derived anew. */
  decoders: z.int().positive(),
  rows: count,
  instruments: count,
  kinds: z.record(z.string(), count),
  /** Raw frames that hold nothing for the tape: answers, heartbeats, kinds that no decoder reads. */
  unread: count,
  firstUs: micros.nullable(),
  lastUs: micros.nullable(),
  conditions: z.array(condition),
  files: z.record(z.string(), fileEntry),
});
export type Derived = z.infer<typeof derived>;

const body = z.strictObject({
  format: z.literal("voldesk-session"),
  schema: z.literal(SESSION_SCHEMA),
  name: z.string().regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$/),
  title: z.string(),
  /** Version of Voldesk that wrote it. */
  build: z.string(),
  state: z.enum(["recording", "complete"]),
  day: z.iso.date().transform((v) => v as IsoDay),
  calendar: z.string().min(1),
  zone: z.string().min(1),
  sampling: z.enum(["minute bars", "ticks"]),
  /** Where a replay opens when nothing else is said: its speed, and its time or the first event. */
  replay: z.strictObject({ speed: z.number().positive(), startUs: micros.nullable() }),
  origin: z.strictObject({ source: z.string(), licence: z.string() }).nullable(),
  /** Raw segments and papers beside them, by path from the session's folder. */
  files: z.record(z.string(), fileEntry),
  raw: z.strictObject({ records: count, rows: count }),
  derived: derived.nullable(),
});
export type Manifest = z.output<typeof body>;

/** The one way a manifest is written: two spaces, keys as in the schema, a final newline. So a changed byte always shows. */
export function manifestText(m: Manifest): string {
  return `${JSON.stringify(m, null, 2)}\n`;
}

export const sha256 = (bytes: Uint8Array | string): string =>
  createHash("sha256").update(bytes).digest("hex");

const SEAL = "manifest.sha256";

export function readManifest(dir: string): Manifest {
  const path = join(dir, MANIFEST);
  let text: string;
  try {
    text = readFileSync(path, "utf8");
  } catch (e) {
    const code = (e as NodeJS.ErrnoException).code;
    if (code === "ENOENT" || code === "ENOTDIR")
      throw new CaptureError("CAP-001", dir, "Give the folder of a session, one that holds a manifest.json.");
    throw fileError(e, path);
  }
  return parseManifest(text, path);
}

export function parseManifest(text: string, path: string): Manifest {
  const advice = "Restore it from a copy, or import the session again.";
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    throw new CaptureError("CAP-002", path, advice, "it is not JSON");
  }
  const seen = z.looseObject({ format: z.string(), schema: z.number() }).safeParse(json);
  if (!seen.success || seen.data.format !== "voldesk-session")
    throw new CaptureError("CAP-002", path, advice, "it is not a session's manifest");
  if (seen.data.schema !== SESSION_SCHEMA)
    throw new CaptureError(
      "CAP-003",
      path,
      `This Voldesk reads schema ${SESSION_SCHEMA}: use the Voldesk that wrote it, or import it again.`,
      `schema ${seen.data.schema}`,
    );
  const parsed = body.safeParse(json);
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  throw new CaptureError(
    "CAP-002",
    path,
    advice,
    `${issue?.path.join(".") ?? ""}: ${issue?.message ?? "invalid"}`,
  );
}

/** Writes the manifest and its seal, each whole or not at all. */
export function writeManifest(dir: string, m: Manifest): void {
  const text = manifestText(m);
  writeWhole(join(dir, MANIFEST), text);
  writeWhole(join(dir, SEAL), `${sha256(text)}\n`);
}

/** True when the manifest's bytes are those it was sealed with. */
export function sealHolds(dir: string): boolean {
  try {
    return `${sha256(readFileSync(join(dir, MANIFEST)))}\n` === readFileSync(join(dir, SEAL), "latin1");
  } catch {
    return false;
  }
}

/** Writes a file beside its name and renames it there, so that a crash leaves the old one or the new one. */
export function writeWhole(path: string, data: string | Uint8Array): void {
  try {
    writeFileSync(`${path}.part`, data);
    renameSync(`${path}.part`, path);
  } catch (e) {
    throw fileError(e, path);
  }
}
