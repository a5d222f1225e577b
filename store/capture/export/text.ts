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

type Row = readonly (number | string | null)[];
interface TextForm {
  readonly head: string;
  readonly row: (cells: Row, first: boolean) => string;
  readonly foot: string;
}
const NAMES = EXPORT_COLUMNS.map((c) => c.name);
const FORMS: Readonly<Record<"csv" | "json", TextForm>> = {
  csv: { head: `${NAMES.join(",")}\n`, row: (cells) => `${cells.map(cell).join(",")}\n`, foot: "" },
  // A list of objects, one a line; what a kind does not carry is left out, as most of it is.
  json: {
    head: "[",
    row: (cells, first) => {
      const known = NAMES.flatMap((name, i) => (cells[i] === null ? [] : [[name, cells[i]]]));
      return `${first ? "" : ","}\n${JSON.stringify(Object.fromEntries(known))}`;
    },
    foot: "\n]\n",
  },
};

/** Writes the session as CSV with a header, or as JSON. The file is there whole or not at all. @throws CaptureError */
export function exportText(
  session: Session,
  form: "csv" | "json",
  path: string,
  progress?: (share: number) => void,
): void {
  const { head, row, foot } = FORMS[form];
  const part = `${path}.part`;
  try {
    const fd = openSync(part, "w");
    try {
      let text = head;
      const flush = (): void => {
        const bytes = Buffer.from(text);
        for (let done = 0; done < bytes.length; ) done += writeSync(fd, bytes, done);
        text = "";
      };
      for (let b = 0; b < session.blocks.length; b++) {
        const c = session.block(b);
        for (let i = 0; i < c.n; i++) {
          const cells = EXPORT_COLUMNS.map((col) => col.get(c, i, session));
          text += row(cells, b === 0 && i === 0);
          if (text.length > FLUSH_CHARS) flush();
        }
        progress?.((b + 1) / session.blocks.length);
      }
      text += foot;
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
