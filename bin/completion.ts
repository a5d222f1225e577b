import { Argument, Command, type Option } from "commander";
import type { Cli } from "./context.ts";

/** What can follow at one place of a command line. */
interface Place {
  /** Words so far, e.g. `config show`. */
  readonly path: string;
  readonly commands: readonly { readonly name: string; readonly help: string }[];
  readonly options: readonly { readonly name: string; readonly help: string; readonly takesValue: boolean }[];
  /** Values of its first argument, where they are known. */
  readonly values: readonly string[];
}

const oneLine = (text: string): string => (text.split("\n")[0] as string).trim();
const optionsOf = (command: Command): Place["options"] =>
  command.options
    .filter((o) => o.long)
    .map((o: Option) => ({ name: o.long as string, help: oneLine(o.description), takesValue: o.required }));

/** Every place of the command tree, from its root down. */
export function places(root: Command): Place[] {
  const walk = (command: Command, path: readonly string[]): Place[] => [
    {
      path: path.join(" "),
      commands: command.commands.map((c) => ({ name: c.name(), help: oneLine(c.description()) })),
      options: [...optionsOf(command), { name: "--help", help: "help for this command", takesValue: false }],
      values: command.registeredArguments[0]?.argChoices ?? [],
    },
    ...command.commands.flatMap((c) => walk(c, [...path, c.name()])),
  ];
  return walk(root, []);
}

const words = (place: Place): string =>
  [...place.commands.map((c) => c.name), ...place.values, ...place.options.map((o) => o.name)].join(" ");

const single = (text: string): string => `'${text.replaceAll("'", "'\\''")}'`;

function bash(all: readonly Place[]): string {
  const cases = all.map((p) => `    ${single(p.path)}) words=${single(words(p))} ;;`).join("\n");
  const paths = all.filter((p) => p.path !== "").map((p) => single(p.path));
  return `# bash completion for voldesk: source <(voldesk completion bash)
_voldesk() {
  local current=\${COMP_WORDS[COMP_CWORD]} path='' next known words='' i
  for ((i = 1; i < COMP_CWORD; i++)); do
    next="\${path:+$path }\${COMP_WORDS[i]}"
    for known in ${paths.join(" ")}; do
      if [ "$known" = "$next" ]; then path=$next; break; fi
    done
  done
  case "$path" in
${cases}
  esac
  COMPREPLY=($(compgen -W "$words" -- "$current"))
}
complete -o default -F _voldesk voldesk
`;
}

function zsh(all: readonly Place[]): string {
  const entry = (name: string, help: string) => single(`${name.replaceAll(":", "\\:")}:${help}`);
  const cases = all
    .map((p) => {
      const items = [
        ...p.commands.map((c) => entry(c.name, c.help)),
        ...p.values.map((v) => entry(v, "")),
        ...p.options.map((o) => entry(o.name, o.help)),
      ];
      return `    ${single(p.path)}) items=(${items.join(" ")}) ;;`;
    })
    .join("\n");
  const paths = all.filter((p) => p.path !== "").map((p) => single(p.path));
  return `#compdef voldesk
# zsh completion for voldesk: source <(voldesk completion zsh)
_voldesk() {
  local path_='' next word
  local -a items known
  known=(${paths.join(" ")})
  for word in \${words[2,CURRENT-1]}; do
    next="\${path_:+$path_ }$word"
    (( \${known[(Ie)$next]} )) && path_=$next
  done
  case "$path_" in
${cases}
  esac
  _describe 'voldesk' items || _files
}
compdef _voldesk voldesk
`;
}

function fish(all: readonly Place[]): string {
  const lines = ["# fish completion for voldesk: voldesk completion fish | source"];
  for (const place of all) {
    const seen = place.path.split(" ").filter((w) => w !== "");
    const inside = seen.map((w) => `__fish_seen_subcommand_from ${w}`);
    const children = place.commands.map((c) => c.name);
    const none = children.length > 0 ? [`not __fish_seen_subcommand_from ${children.join(" ")}`] : [];
    const when = (parts: readonly string[]) =>
      parts.length > 0 ? ` -n ${single(parts.join("; and "))}` : "";
    for (const c of place.commands)
      lines.push(`complete -c voldesk -f${when([...inside, ...none])} -a ${c.name} -d ${single(c.help)}`);
    for (const v of place.values) lines.push(`complete -c voldesk -f${when(inside)} -a ${single(v)}`);
    for (const o of place.options) {
      const scope = place.path === "" ? "" : when(inside);
      const takes = o.takesValue ? " -r" : "";
      lines.push(`complete -c voldesk${scope} -l ${o.name.slice(2)}${takes} -d ${single(o.help)}`);
    }
  }
  return `${lines.join("\n")}\n`;
}

const SHELLS: Readonly<Record<string, (all: readonly Place[]) => string>> = { bash, zsh, fish };

/** `completion bash|zsh|fish`: made from the command tree, so that it is never out of date. */
export function completionCommand(cli: Cli): Command {
  return new Command("completion")
    .addArgument(new Argument("<shell>", "shell to complete in").choices(Object.keys(SHELLS)))
    .action(async (shell: string) => {
      cli.stdout.write(SHELLS[shell]?.(places(await cli.tree())) ?? "");
    });
}
