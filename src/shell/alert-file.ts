import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { readAlert } from "../desk/alerts/read.ts";
import type { Alert } from "../desk/protocol-alerts.ts";

const VERSION = 1;

const why = (error: unknown): string =>
  (error instanceof Error ? error.message : String(error)).split("\n")[0] ?? "";

/** The alerts of a state folder in one JSON file, written whole. A file that is not understood is refused whole and put aside, not lost. */
export class AlertFile {
  #bad = false;

  constructor(readonly path: string) {}

  /** The alerts, or a sentence about what is wrong with the file. */
  load(): readonly Alert[] | string {
    if (!existsSync(this.path)) return [];
    const read = this.#read();
    this.#bad = typeof read === "string";
    return read;
  }

  /** Null when it is kept, else why not. */
  save(alerts: readonly Alert[]): string | null {
    try {
      mkdirSync(dirname(this.path), { recursive: true, mode: 0o700 });
      if (this.#bad) renameSync(this.path, `${this.path}.bad`);
      this.#bad = false;
      const part = `${this.path}.part`;
      writeFileSync(part, `${JSON.stringify({ version: VERSION, alerts }, null, 1)}\n`, { mode: 0o600 });
      renameSync(part, this.path);
      return null;
    } catch (error) {
      return `alerts are not kept: ${why(error)}`;
    }
  }

  #read(): readonly Alert[] | string {
    const advice = "None was taken; the file is put aside when an alert is set.";
    try {
      const file: unknown = JSON.parse(readFileSync(this.path, "utf8"));
      const given = file as { readonly version?: unknown; readonly alerts?: unknown } | null;
      if (given?.version !== VERSION || !Array.isArray(given.alerts))
        return `${this.path} is no file of alerts of this version. ${advice}`;
      const alerts: Alert[] = [];
      for (const one of given.alerts as readonly unknown[]) {
        const read = readAlert(one);
        if (typeof read === "string") return `${this.path}: ${read}. ${advice}`;
        if (alerts.some((a) => a.id === read.id))
          return `${this.path}: ${read.id} stands in it twice. ${advice}`;
        alerts.push(read);
      }
      return alerts;
    } catch (error) {
      return `${this.path} can't be read: ${why(error)}. ${advice}`;
    }
  }
}
