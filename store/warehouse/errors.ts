import { VoldeskError } from "../../config/errors.ts";

const first = (e: unknown): string =>
  ((e as Error).message.split("\n")[0] ?? "").replace(/\.$/, "").slice(0, 300);

/** What went wrong when a warehouse file was opened. */
export function openError(e: unknown, path: string): VoldeskError {
  if (e instanceof VoldeskError) return e;
  const text = first(e);
  if (/could not set lock|conflicting lock|being used by another process/i.test(text))
    return new VoldeskError(
      "WH-001",
      "another process has the warehouse open",
      "Close that one, or ask a Parquet copy: `voldesk db export DIR` once, then `voldesk db query --from DIR`.",
      path,
    );
  if (/does not exist/i.test(text))
    return new VoldeskError("WH-002", "there is no warehouse", "Make one with `voldesk db init`.", path);
  if (/not a valid duckdb|serializ|corrupt|checksum|magic|version number/i.test(text))
    return new VoldeskError(
      "WH-003",
      "the file is no warehouse, or it is damaged",
      "Restore it from a backup beside it, or move it away and run `voldesk db init`.",
      path,
    );
  return new VoldeskError(
    "WH-004",
    `the warehouse cannot be opened (${text})`,
    "Check that its folder is there and may be written.",
    path,
  );
}

/** What a statement met. */
export function statementError(e: unknown, what: string): VoldeskError {
  if (e instanceof VoldeskError) return e;
  const text = first(e);
  if (/no space left|out of disk|could not write/i.test(text))
    return new VoldeskError(
      "WH-005",
      `${what}: the disk is full or cannot be written`,
      "Free some space and try again.",
    );
  if (/out of memory|failed to allocate|memory limit/i.test(text))
    return new VoldeskError(
      "WH-005",
      `${what}: it needs more memory than warehouse.memoryMb allows`,
      "Raise that setting, or ask for less.",
    );
  return new VoldeskError(
    "WH-006",
    `${what}: ${text}`,
    "Correct the statement or the rows; nothing was changed.",
  );
}
