import { KEYMAP, type KeyBinding, keyLabel } from "./keymap.ts";
import { MODE_IDS, MODE_KEYS, type ModeBinding } from "./mode-keys.ts";

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

/** The same of the modes. */
export function modeKeyTable(): string {
  const rows = MODE_IDS.flatMap((mode) => {
    const table: readonly ModeBinding[] = MODE_KEYS[mode];
    return table.map((b) => `| ${mode} | ${code(b.keys)} | ${b.help} |`);
  });
  return ["| while open | keys | does |", "|---|---|---|", ...rows].join("\n");
}
