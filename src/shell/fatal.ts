import type { FromDesk } from "../desk/protocol.ts";

type Fatal = Extract<FromDesk, { t: "fatal" }>;

const INTERNAL = 70;

/** What a screen is told when the desk cannot go on. Errors of the house carry code, advice and exit code; others are defects. */
export function fatalOf(error: unknown): Fatal {
  const e = error as { code?: unknown; message?: unknown; advice?: unknown; exitCode?: unknown };
  const text = (x: unknown): x is string => typeof x === "string" && x !== "";
  return {
    t: "fatal",
    code: text(e.code) ? e.code : "DSK-002",
    message: text(e.message) ? e.message : String(error),
    advice: text(e.advice) ? e.advice : "",
    exitCode: typeof e.exitCode === "number" ? e.exitCode : INTERNAL,
  };
}
