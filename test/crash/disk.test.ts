import { execFileSync, spawnSync } from "node:child_process";
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { figure, LONG_MS, sized } from "../harness/sizes.ts";
import { pause } from "../harness/until.ts";
import { audit, paperOrders, readLedger } from "./audit.ts";
import { Life, nextAt, program, remove, tempDir } from "./lives.ts";
import type { Said } from "./trader.ts";

const ROUNDS = sized({ test: 1, soak: 25, nightly: 250 });
const BASE = "paper@goog-2015-12-24";
const FAULTS = { w: "EIO on write", s: "EIO on sync", f: "ENOSPC on write", r: "EROFS on write" } as const;
/** How long the disk stays bad once the desk has said so. */
const BAD_MS = 400;
/** Too small for the room that a ledger keeps in its log: that would have to be used up first. */
const TMPFS_BYTES = 3 << 20;

let life: string;
let shim: string | null = null;
let dir: string;
beforeAll(async () => {
  life = await program("test/crash/desk-life.ts");
  dir = tempDir("disk");
  const so = join(dir, "disk-faults.so");
  const made = spawnSync("cc", ["-shared", "-fPIC", "-O1", "-o", so, "test/crash/disk-faults.c", "-ldl"]);
  if (process.platform === "linux" && made.status === 0) shim = so;
});
afterAll(() => {
  remove(life);
  remove(dir);
});

const halted = (s: Said): boolean =>
  s.t === "trading" && s.state === "halted" && (s.reason ?? "").includes("the ledger can't be written");
const active = (s: Said): boolean => s.t === "trading" && s.state === "active";
const pressing = (s: Said): boolean => s.t === "pressing";

/** One bad spell: the desk halts, says why, stays; once the disk works again ACTIVE can be typed. Tickets sent meanwhile. */
async function spell(desk: Life, begin: () => void, end: () => void): Promise<string[]> {
  await desk.until(pressing, desk.mark);
  const began = desk.mark;
  begin();
  await desk.until(halted, began);
  const from = began + desk.said.slice(began).findIndex(halted);
  await pause(BAD_MS);
  expect(desk.over, desk.errors).toBe(false);
  const meanwhile = desk.said.slice(from).flatMap((s) => (s.t === "pressing" ? [s.ticket] : []));
  const until = desk.mark;
  end();
  await desk.until(active, until);
  return meanwhile;
}

/** Settles what a desk left and compares all; tickets that were pressed on a bad disk have no order at the broker. */
async function judged(stateDir: string, said: Said[], meanwhile: readonly string[]): Promise<string[]> {
  const last = new Life(life, { stateDir, at: nextAt(stateDir), seed: 1, settle: true });
  expect(await last.ended, last.errors).toBe(0);
  said.push(...last.said);
  const ledger = readLedger(join(stateDir, "ledger.sqlite"), "paper", BASE);
  const faults: string[] = [];
  const theirs = paperOrders(ledger.paper, (id) => faults.push(`${id} was accepted twice`));
  const found = audit(ledger, theirs, said);
  const there = new Set(theirs.map((t) => t.clientId));
  for (const o of ledger.orders)
    if (meanwhile.includes(o.order.ticket ?? "") && there.has(o.order.clientId))
      faults.push(`${o.order.id} was sent without a record`);
  expect(last.said.at(-1)).toMatchObject({ t: "settled", open: [] });
  return [...faults, ...found.duplicate, ...found.lost, ...found.altered];
}

describe("a disk that fails under a trading desk", () => {
  it(
    `by a preloaded shim, ${ROUNDS} times each: ${Object.values(FAULTS).join(", ")}`,
    async ({ skip }) => {
      if (shim === null) return skip("no C compiler here to make the shim");
      const stateDir = join(dir, "shim");
      mkdirSync(stateDir);
      const control = join(dir, "control");
      writeFileSync(control, "");
      const env = { LD_PRELOAD: shim, VOLDESK_TEST_DISK: control };
      const desk = new Life(life, { stateDir, at: "10:00:00", seed: 77, settle: false }, env);
      const meanwhile: string[] = [];
      for (let n = 0; n < ROUNDS; n++)
        for (const kind of Object.keys(FAULTS))
          meanwhile.push(
            ...(await spell(
              desk,
              () => writeFileSync(control, kind),
              () => writeFileSync(control, ""),
            )),
          );
      await desk.until(pressing, desk.mark);
      await desk.kill();
      const faults = await judged(stateDir, [...desk.said], meanwhile);
      figure(
        "disk faults by shim (EIO on write, on sync, ENOSPC, EROFS)",
        `${4 * ROUNDS} spells, ${meanwhile.length} presses meanwhile: ${faults.length} sent without a record or lost; halted and alive each time`,
      );
      expect(faults).toEqual([]);
    },
    LONG_MS,
  );

  it(
    "really full: a small file system of its own",
    async ({ skip }) => {
      const mount = join(dir, "small");
      mkdirSync(mount);
      const done = spawnSync("mount", ["-t", "tmpfs", "-o", `size=${TMPFS_BYTES}`, "tmpfs", mount]);
      if (done.status !== 0) return skip("no right to mount a file system here");
      try {
        const filler = join(mount, "filler");
        const desk = new Life(life, { stateDir: mount, at: "10:00:00", seed: 78, settle: false });
        const fill = (): void => {
          // The room in the log of the ledger is used up first.
          execFileSync("sh", ["-c", `cat /dev/zero > ${filler} 2>/dev/null; true`]);
        };
        const meanwhile = await spell(desk, fill, () => rmSync(filler));
        await desk.until(pressing, desk.mark);
        await desk.kill();
        const faults = await judged(mount, [...desk.said], meanwhile);
        figure(
          "disk really full (tmpfs)",
          `${meanwhile.length} presses meanwhile: ${faults.length} sent without a record or lost; halted and alive`,
        );
        expect(faults).toEqual([]);
      } finally {
        spawnSync("umount", ["-l", mount]);
      }
    },
    LONG_MS,
  );
});
