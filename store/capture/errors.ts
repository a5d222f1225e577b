/**
 * Every way a capture can disappoint its reader, as one clear sentence with a code. Nothing in this folder throws anything else
 * on bad input: a missing, damaged or foreign file, a full disk or a read-only folder all become a {@link CaptureError}.
 */
export const CAPTURE_ERRORS = {
  "CAP-001": "There is no capture session",
  "CAP-002": "The manifest cannot be read",
  "CAP-003": "The session was written with another schema version",
  "CAP-004": "The session has no tape",
  "CAP-005": "The tape is damaged",
  "CAP-006": "The raw segment is damaged",
  "CAP-007": "The file is not a capture file",
  "CAP-008": "A file of the session is missing or has changed",
  "CAP-009": "The disk is full",
  "CAP-010": "The folder cannot be written",
  "CAP-011": "The source file cannot be read",
  "CAP-012": "The source file is not of this kind",
  "CAP-013": "The session already exists",
  "CAP-014": "The recording fell behind and its buffer is full",
  "CAP-015": "There is no decoder for this channel",
  "CAP-016": "The file cannot be read",
  "CAP-017": "An instrument of the session cannot be defined",
  "CAP-018": "The session holds no events",
} as const;
export type CaptureErrorCode = keyof typeof CAPTURE_ERRORS;

export class CaptureError extends Error {
  readonly code: CaptureErrorCode;
  readonly where: string;
  readonly advice: string;
  constructor(code: CaptureErrorCode, where: string, advice: string, detail?: string) {
    super(
      `${code} ${CAPTURE_ERRORS[code]}${detail === undefined ? "" : ` (${detail})`}, ${where}. ${advice}`,
    );
    this.name = "CaptureError";
    this.code = code;
    this.where = where;
    this.advice = advice;
  }
}

const errnoOf = (e: unknown): string => (e as NodeJS.ErrnoException | null)?.code ?? "";

/** Turns a failure of the file system into the error that says what to do about it. Other errors pass through unchanged. */
export function fileError(e: unknown, path: string): CaptureError {
  if (e instanceof CaptureError) return e;
  const code = errnoOf(e);
  switch (code) {
    case "ENOSPC":
    case "EDQUOT":
    case "EFBIG":
      return new CaptureError("CAP-009", path, "Free some space, or record to another disk.");
    case "EACCES":
    case "EPERM":
    case "EROFS":
      return new CaptureError(
        "CAP-010",
        path,
        "Choose a folder that you may write to, or change its rights.",
      );
    case "ENOENT":
    case "ENOTDIR":
      return new CaptureError("CAP-008", path, "Restore it from a copy, or import the session again.");
    default:
      return new CaptureError(
        "CAP-016",
        path,
        "Check the disk and the file's rights, then try again.",
        code === "" ? undefined : code,
      );
  }
}
