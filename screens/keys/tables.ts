import { KEYMAP, type KeyBinding, keyLabel } from "./keymap.ts";

const code = (keys: readonly string[]): string =>
  keys
    .map(keyLabel)
    .map((k) => (k === "`" ? "`` ` ``" : `\`${k.replaceAll("|", "\\|")}\``))
    .join(" ");
const WHERE: Readonly<Record<string, string>> = { always: "anywhere, text fields too", pane: "every pane" };

/** The table of keys as Markdown: what the program dispatches by. */
export function keyTable(): string {
  const table: readonly KeyBinding[] = KEYMAP;
  const rows = table.map(
    (b) => `| ${WHERE[b.where] ?? b.where} | ${code(b.keys)} | \`${b.action}\` | ${b.help} |`,
  );
  return ["| where | keys | action | does |", "|---|---|---|---|", ...rows].join("\n");
}
