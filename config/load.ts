import { readFileSync, statSync } from "node:fs";
import { basename } from "node:path";
import { isNode, LineCounter, parseDocument } from "yaml";
import { type ErrorCode, VoldeskError } from "./errors.ts";
import { nearest } from "./nearest.ts";
import { type Env, type PathChoices, type Paths, resolvePaths } from "./paths.ts";
import { fileSchema, type Node, nest, TREE } from "./schema.ts";
import {
  type Config,
  envName,
  OTHER_ENV,
  SETTING_KEYS,
  type SettingKey,
  type SettingValues,
  setting,
} from "./settings.ts";

const MAX_FILE_KB = 256;
const UNCHANGED = "Nothing was changed.";

export type Origin =
  | { readonly from: "default" }
  | { readonly from: "file"; readonly file: string; readonly line: number }
  | { readonly from: "env"; readonly name: string }
  | { readonly from: "flag"; readonly name: string };

/** Values given on the command line, by setting; the name is how the user wrote it, e.g. `--speed`. */
export interface FlagValue {
  readonly key: SettingKey;
  readonly text: string;
  readonly name: string;
}

export interface LoadRequest extends PathChoices {
  readonly env: Env;
  readonly home: string;
  readonly cwd: string;
  readonly flags?: readonly FlagValue[];
}

export interface LoadedConfig {
  readonly config: Config;
  readonly values: SettingValues;
  readonly origins: Readonly<Record<SettingKey, Origin>>;
  readonly paths: Paths;
  /** Whether there is a user file. */
  readonly fileFound: boolean;
  /** Things that look like mistakes but stop nothing: a VOLDESK_ variable that no setting has. */
  readonly warnings: readonly string[];
}

type Found = Map<SettingKey, { readonly value: unknown; readonly origin: Origin }>;

/** One error that carries the others, so that a user sees every mistake of a file at once. */
function throwAll(errors: readonly VoldeskError[]): void {
  const [first, ...rest] = errors;
  if (first === undefined) return;
  throw new VoldeskError(first.code, first.what, first.advice, first.where, rest);
}

function shown(value: unknown): string {
  const text = value === null ? "empty" : (JSON.stringify(value) ?? "empty");
  return text.length > 60 ? `${text.slice(0, 57)}...` : text;
}

function badValue(key: SettingKey, value: unknown, where: string, code: ErrorCode = "CFG-013"): VoldeskError {
  return new VoldeskError(
    code,
    `${key} is ${shown(value)}`,
    `It takes ${setting(key).takes}. ${UNCHANGED}`,
    where,
  );
}

/** CFG-012, with the key that was probably meant. */
export function unknownKey(
  key: string,
  where: string | null,
  candidates: readonly string[] = SETTING_KEYS,
): VoldeskError {
  const near = nearest(key, candidates);
  const advice = near === null ? "`voldesk config show` lists the keys." : `Did you mean "${near}"?`;
  return new VoldeskError("CFG-012", `unknown key "${key}"`, `${advice} ${UNCHANGED}`, where);
}

/** The node of the settings tree at a path; null for a path inside a setting or outside the tree. */
function nodeAt(path: readonly string[]): Node | null {
  let node: Node = { children: TREE };
  for (const name of path) {
    const next: Node | undefined = "children" in node ? node.children.get(name) : undefined;
    if (next === undefined) return null;
    node = next;
  }
  return node;
}

/** The setting that a path is in or at. */
function settingAbove(path: readonly string[]): SettingKey | null {
  for (let n = path.length; n > 0; n--) {
    const node = nodeAt(path.slice(0, n));
    if (node !== null && "key" in node) return node.key;
  }
  return null;
}

const isTree = (x: unknown): x is Record<string, unknown> =>
  typeof x === "object" && x !== null && !Array.isArray(x);

/**
 * The settings that a YAML text gives. `file` is its name in messages.
 * @throws VoldeskError CFG-011, CFG-012 or CFG-013 with every mistake of the text; the text is then refused whole.
 */
export function parseConfig(text: string, file: string): Found {
  const lines = new LineCounter();
  const doc = parseDocument(text, {
    lineCounter: lines,
    prettyErrors: false,
    uniqueKeys: true,
    logLevel: "error",
  });
  const lineOf = (offset: number) => lines.linePos(offset).line;
  throwAll(
    doc.errors.map(
      (e) =>
        new VoldeskError(
          "CFG-011",
          `not valid YAML: ${e.message.replace(/\.$/, "")}`,
          `Mend or remove that line. ${UNCHANGED}`,
          `${file} line ${lineOf(e.pos[0])}`,
        ),
    ),
  );
  let tree: unknown;
  try {
    tree = doc.toJS({ maxAliasCount: 20 }) ?? {};
  } catch {
    throwAll([new VoldeskError("CFG-011", "too many aliases", `Write the values out. ${UNCHANGED}`, file)]);
  }
  if (!isTree(tree))
    throw new VoldeskError("CFG-011", "not a list of keys", `Write \`key: value\` lines. ${UNCHANGED}`, file);

  const lineAt = (path: readonly string[]): number => {
    for (let n = path.length; n > 0; n--) {
      const parent = n === 1 ? doc.contents : doc.getIn(path.slice(0, n - 1), true);
      if (typeof parent !== "object" || parent === null || !("items" in parent)) continue;
      for (const item of parent.items as { key?: unknown }[]) {
        const key = item.key;
        if (isNode(key) && String(key) === path[n - 1] && key.range) return lineOf(key.range[0]);
      }
    }
    return 1;
  };
  const result = fileSchema.safeParse(tree);
  if (!result.success) {
    const errors: VoldeskError[] = [];
    const seen = new Set<string>();
    for (const issue of result.error.issues) {
      const path = issue.path.map(String);
      const key = settingAbove(path);
      if (issue.code === "unrecognized_keys" && key === null) {
        const node = nodeAt(path);
        const siblings = node !== null && "children" in node ? [...node.children.keys()] : [];
        for (const name of issue.keys) {
          const full = [...path, name].join(".");
          const near = nearest(name, siblings) === null ? SETTING_KEYS : siblings;
          errors.push(
            unknownKey(near === siblings ? name : full, `${file} line ${lineAt([...path, name])}`, near),
          );
        }
      } else if (key !== null) {
        if (seen.has(key)) continue;
        seen.add(key);
        const value = key.split(".").reduce<unknown>((at, name) => (isTree(at) ? at[name] : undefined), tree);
        errors.push(badValue(key, value, `${file} line ${lineAt(path)}`));
      } else {
        const group = path.join(".");
        const where = `${file} line ${lineAt(path)}`;
        const advice = `Indent its keys below \`${group}:\`. ${UNCHANGED}`;
        errors.push(new VoldeskError("CFG-013", `${group} is a group of keys, not a value`, advice, where));
      }
    }
    throwAll(errors);
  }
  const found: Found = new Map();
  for (const key of SETTING_KEYS) {
    const path = key.split(".");
    const value = path.reduce<unknown>((at, name) => (isTree(at) ? at[name] : undefined), tree);
    if (value !== undefined) found.set(key, { value, origin: { from: "file", file, line: lineAt(path) } });
  }
  return found;
}

function readFile(path: string, named: boolean): string | null {
  try {
    const size = statSync(path).size;
    if (size > MAX_FILE_KB * 1000)
      throw new VoldeskError(
        "CFG-014",
        `${Math.round(size / 1000)} kB is too big for a config file, ${MAX_FILE_KB} kB at most`,
        "Is it another file?",
        path,
      );
    return readFileSync(path, "utf8");
  } catch (error) {
    if (error instanceof VoldeskError) throw error;
    const code = (error as NodeJS.ErrnoException).code;
    if ((code === "ENOENT" || code === "ENOTDIR") && !named) return null;
    if (code === "EACCES" || code === "EPERM")
      throw new VoldeskError(
        "CFG-015",
        "may not be read",
        "Change its rights, or name another with --config.",
        path,
      );
    const what =
      code === "ENOENT" || code === "ENOTDIR" ? "there is no such file" : `cannot be read (${code})`;
    throw new VoldeskError("CFG-010", what, "Check the name after --config or in VOLDESK_CONFIG.", path);
  }
}

function fromText(found: Found, errors: VoldeskError[], key: SettingKey, text: string, origin: Origin): void {
  const s = setting(key);
  const where = origin.from === "env" || origin.from === "flag" ? origin.name : "";
  if (s.fromText === null) {
    const advice = `Write it in the config file. ${UNCHANGED}`;
    errors.push(new VoldeskError("CFG-013", `${key} holds lists`, advice, where));
    return;
  }
  const value = s.fromText(text.trim());
  if (s.schema.safeParse(value).success) found.set(key, { value, origin });
  else errors.push(badValue(key, value, where, origin.from === "flag" ? "CLI-004" : "CFG-013"));
}

/** Variables that begin like ours but that nothing reads: probably a slip. */
function strayVariables(env: Env): string[] {
  const known = [...SETTING_KEYS.map(envName), ...OTHER_ENV];
  return Object.keys(env)
    .filter((name) => name.startsWith("VOLDESK_") && !known.includes(name))
    .sort()
    .map((name) => {
      const near = nearest(name, known);
      return `The variable ${name} is read by nothing.${near === null ? "" : ` Did you mean ${near}?`}`;
    });
}

/**
 * Reads every source and puts them in order: flag over environment over the user's file over the default.
 * @throws VoldeskError CFG-010…CFG-016. A bad file is refused whole.
 */
export function loadConfig(request: LoadRequest): LoadedConfig {
  const { env, home, cwd, flags = [] } = request;
  const at = resolvePaths(env, home, cwd, { configFile: request.configFile });
  const named = request.configFile !== undefined || Boolean(env["VOLDESK_CONFIG"]);
  const text = readFile(at.configFile, named);
  const found: Found = text === null ? new Map() : parseConfig(text, basename(at.configFile));
  const errors: VoldeskError[] = [];
  for (const key of SETTING_KEYS) {
    const name = envName(key);
    const value = env[name];
    if (value !== undefined && value !== "") fromText(found, errors, key, value, { from: "env", name });
  }
  for (const { key, text: value, name } of flags) fromText(found, errors, key, value, { from: "flag", name });
  throwAll(errors);

  const origins = {} as Record<SettingKey, Origin>;
  const values = {} as Record<SettingKey, unknown>;
  for (const key of SETTING_KEYS) {
    values[key] = found.get(key)?.value ?? setting(key).default;
    origins[key] = found.get(key)?.origin ?? { from: "default" };
  }
  const config = nest(values as SettingValues);
  return {
    config,
    values: values as SettingValues,
    origins,
    paths: resolvePaths(env, home, cwd, {
      configFile: request.configFile,
      stateDir: request.stateDir ?? (config.state.dir || undefined),
    }),
    fileFound: text !== null,
    warnings: strayVariables(env),
  };
}

/**
 * `--set screen.fps=20`.
 * @throws VoldeskError CFG-012 for an unknown key, CFG-016 without `=`.
 */
export function parseSet(text: string): FlagValue {
  const at = text.indexOf("=");
  if (at < 1)
    throw new VoldeskError(
      "CFG-016",
      `"${text}" is not of the form key=value`,
      "Write --set screen.fps=20.",
      "--set",
    );
  const key = text.slice(0, at).trim();
  if (!(SETTING_KEYS as readonly string[]).includes(key)) throw unknownKey(key, "--set", SETTING_KEYS);
  return { key: key as SettingKey, text: text.slice(at + 1), name: "--set" };
}
