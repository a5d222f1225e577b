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

/** The names that a vendor's keys go by, and the file that may hold them. */
interface KeyNames {
  readonly file: string;
  readonly id: readonly [string, ...string[]];
  readonly secret: readonly [string, ...string[]];
}
const ALPACA: KeyNames = {
  file: "alpaca.keys",
  id: ["APCA_API_KEY_ID"],
  secret: ["APCA_API_SECRET_KEY", "APCA_API_SECRET"],
};
const DERIBIT: KeyNames = {
  file: "deribit.keys",
  id: ["DERIBIT_CLIENT_ID"],
  secret: ["DERIBIT_CLIENT_SECRET"],
};

const first = (from: Readonly<Record<string, string | undefined>>, names: readonly string[]): string =>
  names.map((n) => from[n]).find((v) => v !== undefined && v !== "") ?? "";

export const keyFile = (configDir: string): string => join(configDir, ALPACA.file);

/** Alpaca's keys; see {@link readKeys}. */
export const alpacaKeys = (env: Env, configDir: string): ApiKeys | null => readKeys(env, configDir, ALPACA);
/** Deribit's keys; see {@link readKeys}. Public data needs none. */
export const deribitKeys = (env: Env, configDir: string): ApiKeys | null => readKeys(env, configDir, DERIBIT);

/**
 * A vendor's keys from the environment, else from its owner-only file (lines of NAME=value); null where there are none.
 * @throws VoldeskError FEED-002 when others may read the file, FEED-001 when only half of the pair is there.
 */
function readKeys(env: Env, configDir: string, names: KeyNames): ApiKeys | null {
  const id = first(env, names.id);
  const secret = first(env, names.secret);
  if (id !== "" || secret !== "") return pair(id, secret, "environment", names);
  const path = join(configDir, names.file);
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
  return pair(first(values, names.id), first(values, names.secret), path, names);
}

function pair(id: string, secret: string, from: string, names: KeyNames): ApiKeys {
  if (id !== "" && secret !== "") return { id, secret, from };
  throw new VoldeskError(
    "FEED-001",
    `${id === "" ? names.id[0] : names.secret[0]} is missing`,
    `Set both, in the environment or in ${names.file}.`,
    from,
  );
}
