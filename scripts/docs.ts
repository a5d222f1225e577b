/** Writes what is made from the program: config/default.yaml, the tables and the picture in README.md, the keys in docs/screens.md. `npm run docs` after a build. */
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { EXIT } from "../config/errors.ts";
import { defaultYaml, settingsTable } from "../config/render.ts";
import { keyTable } from "../screens/keys/tables.ts";

/** Replaces what stands between the two comment lines of a name. */
function between(text: string, name: string, inside: string): string {
  const [from, to] = [`<!-- ${name} -->`, `<!-- end of ${name} -->`];
  const start = text.indexOf(from);
  const end = text.indexOf(to);
  if (start < 0 || end < start) throw new Error(`there is no place for ${name}`);
  return `${text.slice(0, start + from.length)}\n${inside}\n${text.slice(end)}`;
}

const PICTURE = ["snapshot", "--at", "10:35", "--size", "110x30"];
/** The desk of somebody who has just installed it: whoever makes the picture has tickets, layouts and settings of their own. */
function newcomer(args: readonly string[]): string {
  const dir = mkdtempSync(join(tmpdir(), "voldesk-docs-"));
  const own = Object.fromEntries(["CONFIG", "STATE", "CACHE"].map((w) => [`XDG_${w}_HOME`, join(dir, w)]));
  const kept = Object.entries(process.env).filter(([name]) => !name.startsWith("VOLDESK_"));
  try {
    const env = { ...Object.fromEntries(kept), ...own };
    return execFileSync(process.execPath, ["bin/voldesk.js", ...args], { encoding: "utf8", env });
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
}
const frame = newcomer(PICTURE);

const exits = [
  "| code | means |",
  "|---|---|",
  ...Object.values(EXIT).map((e) => `| ${e.code} | ${e.means} |`),
];

writeFileSync("config/default.yaml", defaultYaml());
const parts: readonly (readonly [string, string])[] = [
  ["picture", `\n\`\`\`text\n${frame.trimEnd()}\n\`\`\`\n`],
  ["settings", settingsTable()],
  ["exit codes", exits.join("\n")],
];
const readme = parts.reduce(
  (text, [name, inside]) => between(text, name, inside),
  readFileSync("README.md", "utf8"),
);
writeFileSync("README.md", readme);
writeFileSync("docs/screens.md", between(readFileSync("docs/screens.md", "utf8"), "keys", keyTable()));
