/**
 * Alpaca-like quotes over a loopback websocket into the book, against a bare `ws` reader that parses and keeps nothing: CPU time of the
 * reading process for the same bytes, round by round in turns. The two readers and the sender are processes of their own: neither pays for
 * the other's garbage, and what ran before in this one's compiled code is no part of the figure.
 */
import { type ChildProcess, fork } from "node:child_process";
import { median } from "./quotes.ts";
import type { BenchRow } from "./row.ts";

const MESSAGES = 40_000;
const ROUNDS = 15;
const WARM = 4;

function script(name: string, ...args: readonly (string | number)[]): ChildProcess {
  return fork("scripts/run.mjs", [`bench/${name}.ts`, ...args.map(String)], { stdio: "inherit" });
}

const answer = (child: ChildProcess): Promise<number> =>
  new Promise((resolve, reject) => {
    const ended = (code: number | null): void =>
      reject(new Error(`a process of the bench ended with ${code}`));
    child.once("exit", ended);
    child.once("message", (value) => {
      child.off("exit", ended);
      resolve(value as number);
    });
  });

async function compare(name: string, encoding: string, per: number, reach: number): Promise<BenchRow> {
  const sender = script("feeds-sender", encoding, per, MESSAGES);
  const readers = ["feeds-desk", "feeds-bare"].map((kind) => script(kind, encoding, MESSAGES));
  const [port] = await Promise.all([sender, ...readers].map(answer));
  const times: [number[], number[]] = [[], []];
  for (let round = 0; round < WARM + ROUNDS; round++)
    // Who is first changes, since the first finds a sender that has just made the frames.
    for (const k of round % 2 === 0 ? [0, 1] : [1, 0]) {
      const reader = readers[k] as ChildProcess;
      const answered = answer(reader);
      reader.send({ port, round });
      const seconds = await answered;
      if (round >= WARM) (times[k] as number[]).push(seconds);
    }
  for (const child of [sender, ...readers]) child.disconnect();
  const [ours, bare] = times;
  const ratio = median(ours.map((s, k) => (bare[k] as number) / s));
  const value = Math.round(MESSAGES / median(ours));
  return { name, value, unit: "msg/s", ratio, reach: null, ratioReach: reach, ok: ratio >= reach };
}

export async function run(): Promise<BenchRow[]> {
  const rows: BenchRow[] = [];
  for (const [per, reach] of [
    [1, 0.9],
    [10, 1.3],
    [100, 1.3],
  ] as const)
    rows.push(
      await compare(`JSON, ${per} a frame, socket to book / bare ws + JSON.parse`, "json", per, reach),
    );
  for (const per of [10, 100])
    rows.push(await compare(`MessagePack, ${per} a frame / bare ws + msgpackr`, "msgpack", per, 1.2));
  return rows;
}
