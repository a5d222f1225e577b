/** Writes what is made from the program: config/default.yaml, the tables and the picture in README.md, the keys in docs/screens.md. `npm run docs` after a build. */
import { execFileSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
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
const frame = execFileSync(process.execPath, ["bin/voldesk.js", ...PICTURE], { encoding: "utf8" });

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
