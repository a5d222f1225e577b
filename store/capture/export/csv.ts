import { closeSync, openSync, renameSync, rmSync, writeSync } from "node:fs";
import { fileError } from "../errors.ts";
import type { Session } from "../session.ts";
import { EXPORT_COLUMNS } from "./columns.ts";

const FLUSH_CHARS = 1 << 20;

const cell = (v: number | string | null): string =>
  v === null
    ? ""
    : typeof v === "number"
      ? String(v)
      : /[",\n\r]/.test(v)
        ? `"${v.replaceAll('"', '""')}"`
        : v;

/** Writes the session as CSV with a header. The file is there whole or not at all. @throws CaptureError */
export function exportCsv(session: Session, path: string, progress?: (share: number) => void): void {
  const part = `${path}.part`;
  try {
    const fd = openSync(part, "w");
    try {
      let text = `${EXPORT_COLUMNS.map((c) => c.name).join(",")}\n`;
      const flush = (): void => {
        const bytes = Buffer.from(text);
        for (let done = 0; done < bytes.length; ) done += writeSync(fd, bytes, done);
        text = "";
      };
      for (let b = 0; b < session.blocks.length; b++) {
        const c = session.block(b);
        for (let i = 0; i < c.n; i++) {
          text += `${EXPORT_COLUMNS.map((col) => cell(col.get(c, i, session))).join(",")}\n`;
          if (text.length > FLUSH_CHARS) flush();
        }
        progress?.((b + 1) / session.blocks.length);
      }
      flush();
    } finally {
      closeSync(fd);
    }
    renameSync(part, path);
  } catch (e) {
    rmSync(part, { force: true });
    throw fileError(e, path);
  }
}
