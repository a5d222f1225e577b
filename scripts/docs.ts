/** Writes what is made from the settings: config/default.yaml and the table in README.md. `npm run docs` */
import { readFileSync, writeFileSync } from "node:fs";
import { EXIT } from "../config/errors.ts";
import { defaultYaml, settingsTable } from "../config/render.ts";

/** Replaces what stands between the two comment lines of a name. */
export function between(text: string, name: string, inside: string): string {
  const [from, to] = [`<!-- ${name} -->`, `<!-- end of ${name} -->`];
  const start = text.indexOf(from);
  const end = text.indexOf(to);
  if (start < 0 || end < start) throw new Error(`README.md has no place for ${name}`);
  return `${text.slice(0, start + from.length)}\n${inside}\n${text.slice(end)}`;
}

const exits = [
  "| code | means |",
  "|---|---|",
  ...Object.values(EXIT).map((e) => `| ${e.code} | ${e.means} |`),
];

writeFileSync("config/default.yaml", defaultYaml());
const readme = readFileSync("README.md", "utf8");
writeFileSync(
  "README.md",
  between(between(readme, "settings", settingsTable()), "exit codes", exits.join("\n")),
);
