import { VoldeskError } from "../config/errors.ts";
import type { Env } from "../config/paths.ts";
import type { Config } from "../config/settings.ts";
import { createTheme, detectAscii, detectDepth, type Theme } from "../screens/theme/theme.ts";
import type { Cli } from "./context.ts";

const DEPTHS = { none: "mono", "16": "16", "256": "256", truecolor: "true" } as const;

/** Theme for this terminal. A colour count that was asked for wins over NO_COLOR, that over what the terminal says of itself. */
export function themeFor(config: Config, env: Env): Theme {
  const { color, ascii } = config.screen;
  return createTheme({
    name: config.theme,
    depth: color === "auto" ? detectDepth(env) : DEPTHS[color],
    ascii: ascii || detectAscii(env),
  });
}

/** @throws VoldeskError CLI-003 where the screen cannot be drawn. */
export function requireTerminal(cli: Cli): void {
  const missing = !cli.stdout.isTTY
    ? "the output is no terminal"
    : !cli.stdin.isTTY
      ? "the input is no terminal"
      : null;
  if (missing !== null)
    throw new VoldeskError(
      "CLI-003",
      missing,
      "Run it in a terminal, or use `voldesk replay --headless --json` for figures or `voldesk snapshot` for one frame as text.",
    );
  if (cli.env["TERM"] === "dumb")
    throw new VoldeskError(
      "CLI-003",
      "this terminal cannot place text (TERM is dumb)",
      "Use another terminal, or `voldesk snapshot` for one frame as text.",
    );
}
