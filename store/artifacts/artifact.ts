/** Artifacts in and out: checked on the way to disk, the same bytes for the same result, the hash blind to when it was made. */
import { mkdirSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { VoldeskError } from "../../config/errors.ts";
import { jsonOf, readSource } from "../imports/source.ts";
import { canonicalJson, sha256 } from "./canonical.ts";
import {
  type Artifact,
  type ArtifactBody,
  type ArtifactKind,
  DISCLAIMER,
  KINDS,
  STRICT,
  VERSIONS,
} from "./schemas.ts";

interface Issue {
  readonly code?: string;
  readonly path: readonly PropertyKey[];
  readonly message: string;
  readonly keys?: readonly string[];
}

const said = (issues: readonly Issue[]): string =>
  issues
    .slice(0, 3)
    .map((i) => `${i.path.join(".") || "the artifact"}: ${i.message}`)
    .join("; ");

/** NaN and infinities are null in an artifact, before it is checked. */
const finite = (value: unknown): unknown => JSON.parse(canonicalJson(value));

/**
 * An artifact of the kind's newest version. Unknown fields are refused, numbers that are none become null.
 * @throws VoldeskError ART-001.
 */
export function makeArtifact<K extends ArtifactKind>(kind: K, body: ArtifactBody<K>): Artifact<K> {
  const whole = finite({ ...body, kind, schema_version: VERSIONS[kind], disclaimer: DISCLAIMER });
  const found = STRICT[kind].safeParse(whole);
  if (!found.success)
    throw new VoldeskError(
      "ART-001",
      `the ${kind} artifact is not of its form (${said(found.error.issues)})`,
      "Please report it.",
    );
  return found.data as Artifact<K>;
}

/** SHA-256 of everything but `generated_at`: two runs on the same inputs agree. */
export function artifactHash(artifact: Artifact): string {
  const { generated_at: _, ...rest } = artifact;
  return sha256(canonicalJson(rest));
}

/** Writes it whole or not at all. @throws VoldeskError ART-002 when the file cannot be written. */
export function writeArtifact(
  artifact: Artifact,
  file: string,
): { readonly hash: string; readonly bytes: number } {
  const text = canonicalJson(artifact);
  const part = `${file}.part`;
  try {
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(part, text);
    renameSync(part, file);
  } catch (e) {
    discard(part);
    const code = (e as NodeJS.ErrnoException).code ?? "";
    throw new VoldeskError(
      "ART-002",
      `the artifact cannot be written (${code})`,
      "Check the folder, its rights and free space.",
      file,
    );
  }
  return { hash: artifactHash(artifact), bytes: Buffer.byteLength(text) };
}

/** What is left of a file that could not be written whole; where nothing is, or nothing can be, all is well. */
function discard(part: string): void {
  try {
    rmSync(part, { force: true });
  } catch {
    // Its folder is no folder.
  }
}

/**
 * Reads an artifact of one's own version, an older minor, or a newer minor, whose unknown fields are left out.
 * @throws VoldeskError IMP-001, IMP-002 no JSON; ART-003 another kind or form, a major version that is not known here.
 */
export function readArtifact<K extends ArtifactKind>(file: string, kind: K): Artifact<K> {
  const value = jsonOf(readSource(file), file);
  const wrong = (what: string): VoldeskError =>
    new VoldeskError("ART-003", what, "Make it again, or use the Voldesk that wrote it.", file);
  if (typeof value !== "object" || value === null) throw wrong("the file is no artifact");
  const { kind: named, schema_version: version } = value as Record<string, unknown>;
  if (named !== kind)
    throw wrong(
      KINDS.includes(named as ArtifactKind)
        ? `the file is of kind ${String(named)}, not ${kind}`
        : "the file is no artifact",
    );
  const [major, minor] = String(version).split(".").map(Number);
  const [ourMajor, ourMinor] = VERSIONS[kind].split(".").map(Number);
  if (major !== ourMajor) throw wrong(`its schema is ${String(version)}, ${VERSIONS[kind]} is known`);
  let found = STRICT[kind].safeParse(value);
  if (
    !found.success &&
    (minor ?? 0) > (ourMinor ?? 0) &&
    found.error.issues.every((i) => i.code === "unrecognized_keys")
  ) {
    found = STRICT[kind].safeParse(without(value, found.error.issues as readonly Issue[]));
  }
  if (!found.success) throw wrong(`the file is not of its form (${said(found.error.issues)})`);
  return found.data as Artifact<K>;
}

/** A copy without the fields that the schema does not know. */
function without(value: unknown, issues: readonly Issue[]): unknown {
  const copy = structuredClone(value);
  for (const { path, keys = [] } of issues) {
    const at = path.reduce<unknown>((o, k) => (o as Record<PropertyKey, unknown> | undefined)?.[k], copy);
    for (const key of keys) delete (at as Record<string, unknown>)[key];
  }
  return copy;
}
