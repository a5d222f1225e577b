import type { Readable, Writable } from "node:stream";
import { StringDecoder } from "node:string_decoder";
import { type Line, LineError } from "./fields.ts";
import type { Operation } from "./operations.ts";

/** A line longer than this is refused, not collected: the bound of what one line may hold in memory. */
export const MAX_LINE_CHARS = 16 * 1024 * 1024;
const FLUSH_CHARS = 64 * 1024;

/** What became of a run: lines answered, and how many of them could not be read. `closed`: the reader of the output went away. */
export interface Tally {
  lines: number;
  unreadable: number;
  closed: boolean;
}

/** The answer to one line of text, as JSON text. `tally` counts it. */
export function answer(text: string, operation: Operation, tally: Tally): string {
  tally.lines++;
  let id: unknown;
  try {
    const line = parsed(text);
    id = line["id"];
    const value = operation(line) as object;
    return JSON.stringify(id === undefined ? value : { id, ...value });
  } catch (error) {
    if (!(error instanceof LineError)) throw error;
    if (error.unreadable) tally.unreadable++;
    const body = { error: { code: error.code, message: error.message } };
    return JSON.stringify(id === undefined ? body : { id, ...body });
  }
}

function parsed(text: string): Line {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new LineError("CALC-001", "The line is not JSON.", true);
  }
  if (typeof value !== "object" || value === null || Array.isArray(value))
    throw new LineError("CALC-001", "The line is not a JSON object.", true);
  return value as Line;
}

/**
 * Answers every line of `input` on `output`, in order, as it comes. Waits for the output to drain, so memory does not grow with the
 * input; ends quietly when the reader of the output has gone. Empty lines at the end of the input are no lines.
 */
export async function answerLines(input: Readable, output: Writable, operation: Operation): Promise<Tally> {
  const tally: Tally = { lines: 0, unreadable: 0, closed: false };
  const decoder = new StringDecoder("utf8");
  const gone = (): void => {
    tally.closed = true;
  };
  output.on("error", gone);
  output.on("close", gone);
  let rest = "";
  let empty = 0;
  let tooLong = false;
  let out = "";

  const one = (text: string): void => {
    if (tooLong) {
      tooLong = false;
      tally.lines++;
      tally.unreadable++;
      const message = `The line is longer than ${MAX_LINE_CHARS} characters.`;
      out += `${JSON.stringify({ error: { code: "CALC-004", message } })}\n`;
      return;
    }
    if (text.trim() === "") {
      empty++;
      return;
    }
    for (; empty > 0; empty--) out += `${answer("", operation, tally)}\n`;
    out += `${answer(text, operation, tally)}\n`;
  };
  const flush = async (): Promise<void> => {
    if (out === "" || tally.closed) return;
    const full = !output.write(out);
    out = "";
    if (full && !tally.closed) await drained(output);
  };

  for await (const chunk of input) {
    const text = rest + decoder.write(chunk as Buffer);
    let from = 0;
    for (let nl = text.indexOf("\n"); nl >= 0; nl = text.indexOf("\n", from)) {
      one(text.slice(from, nl));
      from = nl + 1;
      if (out.length >= FLUSH_CHARS) await flush();
      if (tally.closed) return tally;
    }
    rest = text.slice(from);
    if (rest.length > MAX_LINE_CHARS) {
      tooLong = true;
      rest = "";
    }
    await flush();
    if (tally.closed) return tally;
  }
  rest += decoder.end();
  if (rest !== "" || tooLong) one(rest);
  await flush();
  output.off("close", gone);
  return tally;
}

/** Resolves when the output takes more, or has gone. */
function drained(output: Writable): Promise<void> {
  return new Promise((resolve) => {
    const go = (): void => {
      output.off("drain", go);
      output.off("close", go);
      resolve();
    };
    output.on("drain", go);
    output.on("close", go);
  });
}
