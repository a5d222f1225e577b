import { readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { VoldeskError } from "../../config/errors.ts";
import type { Env } from "../../config/paths.ts";

export interface ApiKeys {
  readonly id: string;
  readonly secret: string;
  /** For `doctor`: where they come from, never what they are. */
  readonly from: string;
}

const ID_NAMES = ["APCA_API_KEY_ID"] as const;
const SECRET_NAMES = ["APCA_API_SECRET_KEY", "APCA_API_SECRET"] as const;

const first = (from: Readonly<Record<string, string | undefined>>, names: readonly string[]): string =>
  names.map((n) => from[n]).find((v) => v !== undefined && v !== "") ?? "";

export const keyFile = (configDir: string): string => join(configDir, "alpaca.keys");

/**
 * Alpaca's keys from the environment, else from the owner-only file `alpaca.keys` (lines of NAME=value); null where there are none.
 * @throws VoldeskError FEED-002 when others may read the file, FEED-001 when only half of the pair is there.
 */
export function alpacaKeys(env: Env, configDir: string): ApiKeys | null {
  const id = first(env, ID_NAMES);
  const secret = first(env, SECRET_NAMES);
  if (id !== "" || secret !== "") return pair(id, secret, "environment");
  const path = keyFile(configDir);
  let text: string;
  try {
    if ((statSync(path).mode & 0o077) !== 0)
      throw new VoldeskError(
        "FEED-002",
        "others may read this file of keys",
        `Run \`chmod 600 ${path}\`.`,
        path,
      );
    text = readFileSync(path, "utf8");
  } catch (error) {
    if (error instanceof VoldeskError) throw error;
    return null;
  }
  const lines = text.split("\n").map((l) => /^\s*(?:export\s+)?([A-Z_]+)\s*=\s*"?([^"\s]*)"?\s*$/.exec(l));
  const values = Object.fromEntries(lines.flatMap((m) => (m ? [[m[1] as string, m[2] as string]] : [])));
  return pair(first(values, ID_NAMES), first(values, SECRET_NAMES), path);
}

function pair(id: string, secret: string, from: string): ApiKeys {
  if (id !== "" && secret !== "") return { id, secret, from };
  throw new VoldeskError(
    "FEED-001",
    `${id === "" ? "APCA_API_KEY_ID" : "APCA_API_SECRET_KEY"} is missing`,
    "Set both, in the environment or in alpaca.keys.",
    from,
  );
}
