/** What sessions a folder holds, without opening their tapes. */
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { CaptureError, fileError } from "./errors.ts";
import { type Manifest, readManifest } from "./manifest.ts";

export interface Listed {
  readonly dir: string;
  /** Null when the manifest cannot be read; `problem` says why. */
  readonly manifest: Manifest | null;
  readonly problem: string | null;
}

/** Sessions that lie directly in `folder`, by name. A folder that is not there holds none. */
export function listSessions(folder: string): Listed[] {
  let names: string[];
  try {
    names = readdirSync(folder, { withFileTypes: true })
      .filter((d) => d.isDirectory() || d.isSymbolicLink())
      .map((d) => d.name)
      .sort();
  } catch (e) {
    if ((e as NodeJS.ErrnoException).code === "ENOENT") return [];
    throw fileError(e, folder);
  }
  return names.flatMap((name): Listed[] => {
    const dir = join(folder, name);
    try {
      return [{ dir, manifest: readManifest(dir), problem: null }];
    } catch (e) {
      if (!(e instanceof CaptureError)) throw e;
      return e.code === "CAP-001" ? [] : [{ dir, manifest: null, problem: e.message }];
    }
  });
}

/** The folder of a session given by its path, or by its name in one of `folders`. @throws CaptureError CAP-001. */
export function findSession(nameOrPath: string, folders: readonly string[]): string {
  for (const dir of [nameOrPath, ...folders.map((f) => join(f, nameOrPath))]) {
    try {
      readManifest(dir);
      return dir;
    } catch (e) {
      if (!(e instanceof CaptureError)) throw e;
      if (e.code !== "CAP-001") return dir;
    }
  }
  throw new CaptureError(
    "CAP-001",
    nameOrPath,
    "Run `captures ls` for the sessions there are, or give a session's folder.",
  );
}
