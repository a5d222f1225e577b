import { exitCodeOf, isCodedError } from "../../config/errors.ts";
import type { FromDesk } from "../desk/protocol.ts";

type Fatal = Extract<FromDesk, { t: "fatal" }>;

/** What a screen is told when the desk cannot go on. Errors of the house carry code and advice; any other is a defect of ours. */
export function fatalOf(error: unknown): Fatal {
  if (isCodedError(error)) {
    const { code, message, advice = "" } = error;
    return { t: "fatal", code, message, advice, exitCode: exitCodeOf(code) };
  }
  const message = error instanceof Error ? error.message : String(error);
  return {
    t: "fatal",
    code: "DSK-002",
    message: `the desk met a fault of its own: ${message}`,
    advice: "Start Voldesk again; what is on disk is unchanged. If it happens again, send the log.",
    exitCode: exitCodeOf("DSK-002"),
  };
}
