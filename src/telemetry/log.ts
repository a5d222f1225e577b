import { existsSync, mkdirSync, renameSync, rmSync, statSync } from "node:fs";
import { join } from "node:path";
import pino, { type DestinationStream, type Logger } from "pino";

export type LogLevel = "error" | "warn" | "info" | "debug" | "off";

export interface LogOptions {
  readonly dir: string;
  /** One file a thread, `<name>.log`: two writers would cut each other's files. */
  readonly name: string;
  readonly level: LogLevel;
  /** A file is put aside when it is this long. */
  readonly maxKb: number;
  /** Files kept, the newest included: `<name>.log`, `<name>.1.log`, … */
  readonly files: number;
}

export type Log = Logger & {
  /** Lines lost because the log could not be written. */
  readonly lost: () => number;
  readonly close: () => void;
};

/** What must never be on disk, wherever in a record it is. */
const SECRETS = ["token", "password", "secret", "authorization", "cookie", "apiKey", "account"];
const redacted = SECRETS.flatMap((name) => [name, `*.${name}`, `*.*.${name}`]);

/** A sentence without what follows the name of a secret in it: words of others (a broker's reason) may repeat one. */
export const scrubbed = (text: string): string =>
  text.replace(
    /\b(token|password|secret|authorization|cookie|api[ _-]?key)(["']?\s*[=:]\s*)(?:bearer\s+)?\S+/gi,
    "$1$2[hidden]",
  );

/** A log file of bounded size. A log that cannot be written never stops the desk: the lost lines are counted. */
class BoundedFile implements DestinationStream {
  lost = 0;
  private bytes: number;
  private sink: ReturnType<typeof pino.destination> | null = null;

  constructor(private readonly options: LogOptions) {
    this.bytes = existsSync(this.path(0)) ? statSync(this.path(0)).size : 0;
    this.open();
  }

  write(line: string): void {
    const length = Buffer.byteLength(line);
    if (this.bytes > 0 && this.bytes + length > this.options.maxKb * 1000) this.rotate();
    if (this.sink === null) {
      this.lost++;
      return;
    }
    try {
      this.sink.write(line);
      this.bytes += length;
    } catch {
      this.lost++;
    }
  }

  close(): void {
    try {
      this.sink?.flushSync();
      this.sink?.end();
    } catch {
      // Nobody is left to tell.
    }
    this.sink = null;
  }

  private path(n: number): string {
    return join(this.options.dir, n === 0 ? `${this.options.name}.log` : `${this.options.name}.${n}.log`);
  }

  private open(): void {
    const sink = pino.destination({ dest: this.path(0), append: true, sync: true });
    sink.on("error", () => {
      this.lost++;
    });
    this.sink = sink;
  }

  private rotate(): void {
    this.close();
    try {
      rmSync(this.path(this.options.files - 1), { force: true });
      for (let n = this.options.files - 2; n >= 0; n--)
        if (existsSync(this.path(n))) renameSync(this.path(n), this.path(n + 1));
      this.bytes = 0;
      this.open();
    } catch {
      this.sink = null;
    }
  }
}

const withEnd = (logger: Logger, lost: () => number, close: () => void): Log =>
  Object.assign(logger, { lost, close });

/** Opens a thread's log. Never throws: where the folder cannot be written, lines are counted as lost. */
export function openLog(options: LogOptions): Log {
  if (options.level === "off")
    return withEnd(
      pino({ enabled: false }),
      () => 0,
      () => {},
    );
  try {
    mkdirSync(options.dir, { recursive: true, mode: 0o700 });
    const file = new BoundedFile(options);
    const logger = pino(
      {
        level: options.level,
        base: { thread: options.name, pid: process.pid },
        timestamp: pino.stdTimeFunctions.isoTime,
        redact: { paths: redacted, censor: "[hidden]" },
      },
      file,
    );
    return withEnd(
      logger,
      () => file.lost,
      () => file.close(),
    );
  } catch {
    let lost = 0;
    const nowhere: DestinationStream = {
      write: () => {
        lost++;
      },
    };
    return withEnd(
      pino({ level: options.level }, nowhere),
      () => lost,
      () => {},
    );
  }
}
