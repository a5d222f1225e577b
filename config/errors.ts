/**
 * The one list of every error code, and what the program's exit code means. Rooms below print `CODE where: what. What to do.`; a code that is
 * not listed here does not exist (a test looks for strays).
 */

/** Exit codes, after sysexits.h. They are printed by `voldesk --help` and in the README. */
export const EXIT = {
  ok: { code: 0, means: "done" },
  failed: { code: 1, means: "a check failed, or Voldesk itself did" },
  usage: { code: 2, means: "the command line cannot be used as written, or no terminal where one is needed" },
  badData: { code: 65, means: "an input file is damaged or says something impossible" },
  noInput: { code: 66, means: "an input file or session is missing or cannot be read" },
  unavailable: { code: 69, means: "a part that is needed does not load or is not there" },
  internal: { code: 70, means: "the desk stopped on a fault of its own" },
  cannotCreate: { code: 73, means: "a file or folder cannot be created" },
  io: { code: 74, means: "reading or writing failed, or the disk is full" },
  temporary: { code: 75, means: "busy now, try again later" },
  noPermission: { code: 77, means: "no right to read or write there" },
  config: { code: 78, means: "a setting is wrong, or this Node is too old" },
} as const;
export type ExitName = keyof typeof EXIT;

/** Every code a user can meet, the exit it leads to where the program cannot go on, and what it means in general. */
export const ERRORS = {
  "CLI-001": { exit: "usage", means: "the command line is not understood" },
  "CLI-002": { exit: "usage", means: "there is no such command" },
  "CLI-003": { exit: "usage", means: "the screen needs a terminal" },
  "CLI-004": { exit: "usage", means: "an option has a value it cannot take" },
  "CLI-006": { exit: "noPermission", means: "the terminal cannot be opened" },
  "CLI-007": { exit: "io", means: "the output cannot be written" },
  "CLI-008": { exit: "unavailable", means: "this process may not open enough files" },
  "BUG-001": { exit: "internal", means: "a fault in Voldesk" },
  "CFG-010": { exit: "noInput", means: "the config file named on the command line is missing or unreadable" },
  "CFG-011": { exit: "config", means: "the config file is not valid YAML" },
  "CFG-012": { exit: "config", means: "a key is unknown" },
  "CFG-013": { exit: "config", means: "a value is outside its range" },
  "CFG-014": { exit: "config", means: "the config file is too big to be one" },
  "CFG-015": { exit: "noPermission", means: "the config file may not be read" },
  "CFG-016": { exit: "config", means: "a --set is not of the form key=value" },
  "CFG-030": { exit: "noInput", means: "the market file cannot be read" },
  "CFG-031": { exit: "config", means: "the market file says something it cannot mean" },
  "ALR-001": { exit: "badData", means: "the file of alerts cannot be used" },
  "ALR-002": { exit: "io", means: "alerts cannot be kept" },
  "CALC-001": { exit: "usage", means: "a line is not a JSON object" },
  "CALC-002": { exit: "usage", means: "a key of a line is missing" },
  "CALC-003": { exit: "usage", means: "a key of a line has a value of the wrong type" },
  "CALC-004": { exit: "usage", means: "a line is too long" },
  "CALC-005": { exit: "ok", means: "a line asks for values outside the formula's domain" },
  "CALC-006": { exit: "noInput", means: "the file of lines cannot be read" },
  "ORC-001": { exit: "noInput", means: "the oracle file cannot be read" },
  "FEED-001": { exit: "config", means: "one half of a pair of keys is missing" },
  "FEED-002": { exit: "noPermission", means: "a file of keys may be read by others" },
  "FEED-003": { exit: "config", means: "there are no keys for this feed" },
  "FEED-004": { exit: "unavailable", means: "the venue does not answer" },
  "FEED-005": { exit: "usage", means: "a symbol or watch list is not known to the feed" },
  "CAP-001": { exit: "noInput", means: "there is no such capture session" },
  "CAP-002": { exit: "badData", means: "the manifest of a session cannot be read" },
  "CAP-003": { exit: "badData", means: "the session was written with another schema version" },
  "CAP-004": { exit: "noInput", means: "the session has no tape" },
  "CAP-005": { exit: "badData", means: "the tape is damaged" },
  "CAP-006": { exit: "badData", means: "the raw segment is damaged" },
  "CAP-007": { exit: "badData", means: "the file is not a capture file" },
  "CAP-008": { exit: "badData", means: "a file of the session is missing or has changed" },
  "CAP-009": { exit: "io", means: "the disk is full" },
  "CAP-010": { exit: "noPermission", means: "the folder cannot be written" },
  "CAP-011": { exit: "noInput", means: "the source file cannot be read" },
  "CAP-012": { exit: "badData", means: "the source file is not of this kind" },
  "CAP-013": { exit: "cannotCreate", means: "the session already exists" },
  "CAP-014": { exit: "temporary", means: "the recording fell behind and its buffer is full" },
  "CAP-015": { exit: "unavailable", means: "there is no decoder for this channel" },
  "CAP-016": { exit: "io", means: "the file cannot be read" },
  "CAP-017": { exit: "badData", means: "an instrument of the session cannot be defined" },
  "CAP-018": { exit: "badData", means: "the session holds no events" },
  "EXP-001": { exit: "cannotCreate", means: "the export cannot be written" },
  "EXP-002": { exit: "io", means: "the disk is full" },
  "EXP-003": { exit: "unavailable", means: "Parquet cannot be written here" },
  "EXP-004": { exit: "noInput", means: "the session has nothing of what is to be exported" },
  "LDG-001": { exit: "io", means: "the ledger of orders cannot be opened or written" },
  "LDG-002": { exit: "badData", means: "the file of the ledger is damaged" },
  "LDG-003": { exit: "badData", means: "the ledger was written by a newer Voldesk" },
  "LDG-004": { exit: "temporary", means: "another Voldesk trades from this state folder" },
  "LDG-005": { exit: "noInput", means: "there is no ledger" },
  "BRK-001": { exit: "unavailable", means: "a broker cannot be opened" },
  "BRK-002": { exit: "noInput", means: "there is nothing to guard" },
  "ORD-001": { exit: "noInput", means: "there is no such order" },
  "ORD-002": { exit: "usage", means: "an order command lacks what it needs" },
  "KEY-001": { exit: "config", means: "the file of keys cannot be used" },
  "MKT-001": { exit: "badData", means: "an instrument id is malformed" },
  "MKT-002": { exit: "badData", means: "an option symbol is malformed" },
  "MKT-003": { exit: "badData", means: "a value cannot be represented in the form that was asked for" },
  "MKT-004": { exit: "badData", means: "a calendar is unknown, or the day is outside its span" },
  "MKT-005": { exit: "badData", means: "an amount is not exact, too big, or its currencies differ" },
  "MKT-006": { exit: "badData", means: "a price or quantity is off its grid" },
  "MKT-007": {
    exit: "badData",
    means: "a symbol is unknown, or its instrument lacks a fact such as the multiplier",
  },
  "MKT-008": { exit: "badData", means: "a structure is malformed" },
  "MKT-009": { exit: "badData", means: "a book snapshot does not fit" },
  "PF-001": { exit: "badData", means: "a price, quantity or amount is not a number it can be" },
  "PF-002": { exit: "badData", means: "an instrument is unknown" },
  "PF-003": { exit: "badData", means: "an instrument lacks a fact that money depends on" },
  "PF-004": { exit: "badData", means: "an execution is unknown" },
  "PF-005": { exit: "badData", means: "an execution of a past day cannot be changed any more" },
  "PF-006": { exit: "badData", means: "a structure is unknown" },
  "PF-007": { exit: "badData", means: "a structure cannot be formed" },
  "PF-008": { exit: "badData", means: "more than is held, or the wrong side" },
  "PF-009": { exit: "badData", means: "a corporate action cannot be applied" },
  "PF-020": { exit: "noInput", means: "the portfolio file cannot be read" },
  "PF-021": { exit: "badData", means: "the portfolio file says something impossible" },
  "PF-022": { exit: "badData", means: "the portfolio names an unknown instrument" },
  "PF-023": { exit: "badData", means: "an instrument of the portfolio has no multiplier" },
  "PF-024": { exit: "badData", means: "a structure of the portfolio does not match its positions" },
  "PF-025": { exit: "badData", means: "the portfolio names the same position twice" },
  "SCN-001": { exit: "usage", means: "an axis of a scenario is not understood" },
  "SCN-002": { exit: "usage", means: "axes of a scenario state no unit" },
  "SCN-003": { exit: "usage", means: "an axis of a scenario has too many values" },
  "IMP-001": { exit: "noInput", means: "the file to import cannot be read" },
  "IMP-002": { exit: "badData", means: "the file to import is of no known form" },
  "IMP-003": { exit: "config", means: "the mapping of a table's columns is wrong" },
  "IMP-004": { exit: "badData", means: "the file holds no chain of that name or day" },
  "IMP-005": { exit: "badData", means: "there are more days than a market file holds well" },
  "WCH-001": { exit: "badData", means: "a watch list cannot be used" },
  "WCH-002": { exit: "io", means: "a watch list cannot be kept" },
  "WH-001": { exit: "temporary", means: "another process has the warehouse open" },
  "WH-002": { exit: "noInput", means: "there is no warehouse" },
  "WH-003": { exit: "badData", means: "the warehouse file is damaged or none" },
  "WH-004": { exit: "cannotCreate", means: "the warehouse cannot be opened or made" },
  "WH-005": { exit: "io", means: "the warehouse lacks disk or memory" },
  "WH-006": { exit: "badData", means: "a statement or a row cannot be used" },
  "WH-007": { exit: "badData", means: "the warehouse was written by a newer Voldesk" },
  "WH-008": { exit: "cannotCreate", means: "the backup's file exists already" },
  "WH-009": { exit: "badData", means: "the warehouse lacks a table or a column" },
  "ART-001": { exit: "internal", means: "a result does not have the form of its artifact" },
  "ART-002": { exit: "io", means: "an artifact cannot be written" },
  "ART-003": { exit: "badData", means: "the file is no artifact of that kind and version" },
  "VEN-001": { exit: "unavailable", means: "the venue cannot listen on a port" },
  "VEN-002": { exit: "badData", means: "a script of faults says something impossible" },
  "VEN-003": { exit: "noInput", means: "a script of faults cannot be read" },
  "DSK-001": { exit: "internal", means: "the desk stopped" },
  "DSK-002": { exit: "internal", means: "the desk met a fault of its own" },
  "DSK-003": { exit: "usage", means: "a time of the session cannot be understood" },
} as const satisfies Record<string, { readonly exit: ExitName; readonly means: string }>;
export type ErrorCode = keyof typeof ERRORS;

export const isErrorCode = (code: unknown): code is ErrorCode =>
  typeof code === "string" && Object.hasOwn(ERRORS, code);

/** The exit code that an error code leads to; 1 for one that is not listed. */
export const exitCodeOf = (code: unknown): number =>
  isErrorCode(code) ? EXIT[ERRORS[code].exit].code : EXIT.failed.code;

/** `CFG-012 config.yaml line 14: unknown key "theem". Did you mean "theme"? Nothing was changed.` */
export class VoldeskError extends Error {
  override readonly name = "VoldeskError";
  readonly exitCode: number;
  constructor(
    readonly code: ErrorCode,
    /** What is wrong, without a full stop. */
    readonly what: string,
    /** What to do, one or more whole sentences. */
    readonly advice: string,
    /** File and line, option or folder; null where the sentence says it. */
    readonly where: string | null = null,
    /** Further errors of the same kind, found in the same pass. */
    readonly also: readonly VoldeskError[] = [],
  ) {
    super(`${code} ${where === null ? "" : `${where}: `}${what}. ${advice}`);
    this.exitCode = exitCodeOf(code);
  }
}

/** What other errors that carry a code of ours look like, wherever they were thrown. */
export interface CodedError {
  readonly code: ErrorCode;
  readonly message: string;
  readonly advice?: string;
}

export const isCodedError = (error: unknown): error is CodedError =>
  typeof error === "object" &&
  error !== null &&
  isErrorCode((error as { code?: unknown }).code) &&
  typeof (error as { message?: unknown }).message === "string";

/** A code at the start of a sentence counts as well: errors cross threads as text. */
export function codeOf(error: unknown): ErrorCode | null {
  const { code, message } = (error ?? {}) as { code?: unknown; message?: unknown };
  const first = typeof message === "string" ? /^([A-Z]+-\d{3}) /.exec(message)?.[1] : undefined;
  if (isErrorCode(first)) return first;
  return isErrorCode(code) ? code : null;
}

/**
 * The lines for a user: one sentence an error, each beginning with its code; never a stack. Null for an error that has no code of ours.
 */
export function errorLines(error: unknown): string[] | null {
  if (error instanceof VoldeskError) return [error.message, ...error.also.map((e) => e.message)];
  const code = codeOf(error);
  if (code === null) return null;
  const { message, advice } = error as { message?: string; advice?: string };
  const said = message ?? ERRORS[code].means;
  const first = said.startsWith(code) ? said : `${code} ${said}`;
  return [advice === undefined || first.includes(advice) ? first : `${first} ${advice}`];
}
