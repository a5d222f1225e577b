import { devNull } from "node:os";
import { Command, CommanderError, Option } from "commander";
import { EXIT, VoldeskError } from "../config/errors.ts";
import { nearest } from "../config/nearest.ts";
import { COMMANDS, type CommandEntry } from "./commands.ts";
import { type Cli, type GlobalOptions, VERSION } from "./context.ts";

const exitCodes = (): string =>
  Object.values(EXIT)
    .map(({ code, means }) => `  ${String(code).padStart(3)}  ${means}`)
    .join("\n");

const AFTER_HELP = (): string => `
Without a command Voldesk replays the bundled session on the screen; ? there shows the keys.

Files:
  $XDG_CONFIG_HOME/voldesk/config.yaml   settings (voldesk config path tells where)
  $XDG_STATE_HOME/voldesk                logs and history

Exit codes:
${exitCodes()}
`;

const collect = (value: string, before: readonly string[] = []): string[] => [...before, value];

/** The program without its commands. */
function shell(): Command {
  return new Command("voldesk")
    .description("A terminal workstation for people who trade options and volatility.")
    .version(VERSION, "-V, --version", "print the version")
    .addOption(new Option("--config <file>", "settings file to read instead of the usual one"))
    .addOption(new Option("--state <dir>", "folder for logs and history"))
    .addOption(
      new Option("--set <key=value>", "change one setting for this run; may be repeated").argParser(collect),
    )
    .addHelpText("after", AFTER_HELP)
    .helpCommand(false);
}

/** Prints nothing itself: every mistake becomes an error with a code. */
function strict(command: Command): Command {
  command.exitOverride().configureOutput({ outputError: () => {} });
  for (const child of command.commands) strict(child);
  return command;
}

/** The name of the command in a command line: the first word that is neither an option nor the value of one. */
function firstWord(root: Command, argv: readonly string[]): string | null {
  for (let i = 0; i < argv.length; i++) {
    const word = argv[i] as string;
    if (word === "--") return null;
    if (!word.startsWith("-")) return word;
    const option = root.options.find((o) => o.long === word || o.short === word);
    if (option?.required) i++;
  }
  return null;
}

/** The tree: the commands in `loaded` with all they have, the others by name and summary. */
async function tree(cli: Cli, loaded: (entry: CommandEntry) => boolean): Promise<Command> {
  const root = shell();
  for (const entry of COMMANDS) {
    const command = loaded(entry) ? await entry.load(cli) : new Command(entry.name);
    root.addCommand(command.summary(entry.summary).description(command.description() || entry.summary));
  }
  return strict(root);
}

/** The user's settings play no part in it: a mistake there must not break a shell's completion. */
export const wholeTree = (cli: Cli): Promise<Command> =>
  tree({ ...cli, env: {}, globals: { config: devNull } }, () => true);

/** The program's own options, wherever they stand; mistakes in them come out when the line is parsed in full. */
function earlyGlobals(argv: readonly string[]): GlobalOptions {
  const root = strict(shell());
  try {
    root.parseOptions([...argv]);
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
  }
  return root.opts<GlobalOptions>();
}

const HELPED = new Set(["commander.helpDisplayed", "commander.help", "commander.version"]);

function usageError(error: CommanderError, root: Command, word: string | null): VoldeskError {
  const plain = error.message.replace(/^error: /, "").replace(/\n\(Did you mean (.*)\?\)$/, "");
  const meant = /\n\(Did you mean (.*)\?\)$/.exec(error.message)?.[1];
  const advice = meant
    ? `Did you mean ${meant}?`
    : `\`voldesk ${word ? `${word} ` : ""}--help\` shows what it takes.`;
  const known = root.commands.some((c) => c.name() === word);
  if (word !== null && !known) {
    const near = nearest(
      word,
      root.commands.map((c) => c.name()),
    );
    const help = near === null ? "`voldesk --help` lists the commands." : `Did you mean "${near}"?`;
    return new VoldeskError("CLI-002", `unknown command "${word}"`, help);
  }
  const code = error.code === "commander.invalidArgument" ? "CLI-004" : "CLI-001";
  return new VoldeskError(code, plain.replace(/\.$/, ""), advice);
}

/** @throws VoldeskError for a command line that cannot be used; what the command throws otherwise. */
export async function run(cli: Cli, argv: readonly string[]): Promise<void> {
  const word = firstWord(shell(), argv);
  cli.globals = earlyGlobals(argv);
  const root = await tree(cli, (entry) => entry.name === word);
  root.action(async () => {
    const { runScreen } = await import("./screen.ts");
    await runScreen(cli, {});
  });
  try {
    await root.parseAsync(argv, { from: "user" });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    if (HELPED.has(error.code)) {
      // Help that was asked for is an answer; help for a command that lacks its subcommand is not.
      cli.exitCode = error.exitCode === 0 ? EXIT.ok.code : EXIT.usage.code;
      return;
    }
    throw usageError(error, root, word);
  }
}
