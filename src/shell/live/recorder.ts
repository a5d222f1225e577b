import { existsSync, statfsSync } from "node:fs";
import { join } from "node:path";
import type { EventColumns } from "../../../engines/market/index.ts";
import type { EventSink } from "../../../store/capture/lanes.ts";
import { redactLive } from "../../../store/capture/redact.ts";
import { type SessionHead, SessionWriter } from "../../../store/capture/session-writer.ts";

import { liveHashesText, type SeqHash, STATE_FILE } from "../live-hashes.ts";
import { CompressThread } from "./compress-thread.ts";

export const PORTFOLIO_FILE = "portfolio.yaml";

/** Frames of one record: larger ones cost the desk less each, and a second of frames is written whatever its size. */
const BLOCK_BYTES = 1024 * 1024;

export interface RecorderOptions {
  /** Folder of the sessions. */
  readonly folder: string;
  readonly head: SessionHead;
  /** Recording stops below this much free space, and warns below the other, MB. */
  readonly stopMb: number;
  readonly warnMb: number;
  /** Text of the portfolio that the desk opened with: a replay opens with it too. */
  readonly portfolio: string | null;
  readonly say: (level: "info" | "warn" | "error", text: string) => void;
  /** Free space of the folder, MB; for tests. */
  readonly freeMb?: () => number;
}

export interface RecorderView {
  readonly recording: boolean;
  readonly dir: string;
  readonly name: string;
  readonly bytes: number;
  readonly freeMb: number | null;
  readonly dropped: number;
  readonly note: string | null;
}

/** Records a live session, and stops before the disk is full; the desk goes on whatever happens here. */
export class Recorder {
  private writer: SessionWriter | null;
  readonly dir: string;
  private readonly name: string;
  private bytes = 0;
  private free: number | null = null;
  private note: string | null = null;
  private warned = false;
  private toldConditions = 0;
  private readonly hashes: SeqHash[] = [];
  private readonly compressor = new CompressThread();

  constructor(private readonly options: RecorderOptions) {
    const { folder, head } = options;
    this.dir = freeName(folder, head.name);
    this.name = this.dir.slice(folder.length + 1);
    this.writer = SessionWriter.create(
      this.dir,
      { ...head, name: this.name },
      {
        redact: redactLive,
        aside: true,
        compress: this.compressor.compress,
        sum: this.compressor.sum,
        blockBytes: BLOCK_BYTES,
      },
    );
    if (options.portfolio !== null) this.writer.paper(PORTFOLIO_FILE, options.portfolio);
    this.guard();
  }

  frame(bytes: Buffer, recvUs: number, channel: string): void {
    if (this.writer === null) return;
    this.bytes += bytes.length;
    this.judge(this.writer.appendRaw(bytes, recvUs, channel));
  }

  rows(rows: EventColumns): void {
    if (this.writer !== null) this.judge(this.writer.appendRows(rows));
  }

  hash(seq: number, hash: string): void {
    this.hashes.push({ seq, hash });
  }

  /** About once a second: bounds what a crash can lose, and looks at the disk. */
  tick(sink: EventSink): void {
    if (this.writer === null) return;
    this.conditions(sink);
    this.judge(this.writer.flush());
    this.guard();
  }

  view(): RecorderView {
    const { writer, dir, name, bytes, free: freeMb, note } = this;
    return {
      recording: writer !== null,
      dir,
      name,
      bytes,
      freeMb,
      dropped: writer?.stats.dropped ?? 0,
      note,
    };
  }

  close(sink: EventSink): void {
    if (this.writer === null) return;
    this.conditions(sink);
    try {
      this.writer.paper(STATE_FILE, liveHashesText(this.hashes));
    } catch {
      // A full disk takes the hashes, not the records.
    }
    this.judge(this.writer.close());
    this.writer = null;
    this.compressor.close();
  }

  private conditions(sink: EventSink): void {
    for (; this.toldConditions < sink.conditions.length; this.toldConditions++) {
      const { venue, code } = sink.conditions[this.toldConditions] as { venue: string; code: string };
      this.writer?.condition(venue, code);
    }
  }

  private guard(): void {
    const { stopMb, warnMb, say, freeMb = () => freeSpace(this.dir) } = this.options;
    this.free = freeMb();
    if (this.free < stopMb) {
      this.note = `stopped: ${Math.floor(this.free)} MB free, under ${stopMb}`;
      say(
        "error",
        `recording stopped: the disk has ${Math.floor(this.free)} MB left, under ${stopMb}. The desk goes on.`,
      );
      const writer = this.writer;
      this.writer = null;
      if (writer !== null) {
        writer.paper(STATE_FILE, liveHashesText(this.hashes));
        writer.close();
        this.compressor.close();
      }
    } else if (this.free < warnMb && !this.warned) {
      this.warned = true;
      say("warn", `the disk has ${Math.floor(this.free)} MB left; recording stops under ${stopMb}.`);
    }
  }

  private judge(result: ReturnType<SessionWriter["flush"]>): void {
    if (result.ok) return;
    if (this.note === result.error.message) return;
    this.note = result.error.message;
    this.options.say("error", result.error.message);
  }
}

function freeName(folder: string, name: string): string {
  for (let k = 1; ; k++) {
    const dir = join(folder, k === 1 ? name : `${name}.${k}`);
    if (!existsSync(dir)) return dir;
  }
}

function freeSpace(dir: string): number {
  try {
    const { bavail, bsize } = statfsSync(dir);
    return (bavail * bsize) / 1e6;
  } catch {
    return Number.POSITIVE_INFINITY;
  }
}
