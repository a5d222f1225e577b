/** What is written from the declarations: default.yaml and the README's table. */
import { envName, SETTING_KEYS, type SettingKey, setting } from "./settings.ts";

const scalar = (value: unknown): string =>
  typeof value === "string"
    ? /^[a-zA-Z][\w-]*$/.test(value)
      ? value
      : JSON.stringify(value)
    : JSON.stringify(value);

function wrap(text: string, width: number): string[] {
  const lines: string[] = [];
  for (const word of text.split(" ")) {
    const last = lines.at(-1);
    if (last !== undefined && last.length + 1 + word.length <= width)
      lines[lines.length - 1] = `${last} ${word}`;
    else lines.push(word);
  }
  return lines;
}

const sentence = (key: SettingKey): string => {
  const takes = setting(key).takes;
  return `${setting(key).help} Takes ${takes}.`;
};

/** A config file that says every default, with what each is for. */
export function defaultYaml(): string {
  const out = [
    "# Every setting of Voldesk with its default. Copy what you change to $XDG_CONFIG_HOME/voldesk/config.yaml",
    "# (usually ~/.config/voldesk/config.yaml). A flag wins over VOLDESK_ variables, they win over the file.",
    "# Made from config/settings.ts by `npm run docs`.",
  ];
  let group = "";
  for (const key of SETTING_KEYS) {
    const names = key.split(".");
    const name = names.at(-1) as string;
    const indent = names.length > 1 ? "  " : "";
    out.push("");
    if (names.length > 1 && names[0] !== group) out.push(`${names[0]}:`);
    group = names.length > 1 ? (names[0] as string) : "";
    for (const line of wrap(sentence(key), 96)) out.push(`${indent}# ${line}`);
    out.push(`${indent}${name}: ${scalar(setting(key).default)}`);
  }
  return `${out.join("\n")}\n`;
}

/** One row of a markdown table a setting. */
export function settingsTable(): string {
  const rows = SETTING_KEYS.map((key) => {
    const s = setting(key);
    const variable = s.fromText === null ? "" : `\`${envName(key)}\``;
    return `| \`${key}\` | \`${scalar(s.default)}\` | ${s.takes} | ${variable} | ${s.help} |`;
  });
  return ["| setting | default | takes | variable | what it is for |", "|---|---|---|---|---|", ...rows].join(
    "\n",
  );
}
