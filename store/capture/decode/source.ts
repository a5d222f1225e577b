import type { EventSink } from "../lanes.ts";
import type { TableHead } from "../raw-table.ts";
import type { Table } from "../table-codec.ts";

/** Decodes the rows of one source file, handed over in order and in pieces, to events. */
export interface RowDecoder {
  rows(table: Table): void;
  /** The file's rows are all seen. */
  end(): void;
}
export type RowDecoderFactory = (meta: TableHead, sink: EventSink) => RowDecoder;

/** A column that the source kind declares: absent is a fault of the program, not of the data. */
export function column(table: Table, name: string): Float64Array {
  const col = table.columns[name];
  if (col === undefined) throw new Error(`column ${name} is missing`);
  return col;
}
export function words(table: Table, name: string): readonly string[] {
  return table.dicts[name] ?? [];
}

/** Decodes the frames of one channel, in the order received. */
export interface FrameDecoder {
  /** False when the frame holds nothing for the tape. Must not throw on a frame that is not as expected. */
  frame(bytes: Buffer, recvUs: number): boolean;
}
/** `detail` is the channel's name after the colon. */
export type FrameDecoderFactory = (sink: EventSink, detail: string) => FrameDecoder;
