import { chmodSync, mkdtempSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { type LogOptions, openLog, scrubbed } from "../../src/telemetry/log.ts";

const folder = (): string => join(mkdtempSync(join(tmpdir(), "voldesk-log-")), "log");
const options = (dir: string, more: Partial<LogOptions> = {}): LogOptions => ({
  dir,
  name: "desk",
  level: "info",
  maxKb: 10,
  files: 3,
  ...more,
});
const lines = (file: string): Record<string, unknown>[] =>
  readFileSync(file, "utf8")
    .trimEnd()
    .split("\n")
    .map((l) => JSON.parse(l) as Record<string, unknown>);

describe("the log", () => {
  it("writes one JSON line a record, with time and thread, from its level up", () => {
    const dir = folder();
    const log = openLog(options(dir));
    log.debug("not this");
    log.warn({ code: "DSK-001" }, "this");
    log.close();
    expect(lines(join(dir, "desk.log"))).toMatchObject([
      { level: 40, thread: "desk", code: "DSK-001", msg: "this" },
    ]);
  });

  it("never grows beyond its bound, whatever is written", () => {
    const dir = folder();
    const log = openLog(options(dir));
    for (let i = 0; i < 2000; i++) log.info({ i, text: "x".repeat(100) }, "filler");
    log.close();
    const files = readdirSync(dir).sort((a, b) => (a < b ? -1 : 1));
    expect(files).toEqual(["desk.1.log", "desk.2.log", "desk.log"]);
    for (const file of files) expect(statSync(join(dir, file)).size).toBeLessThanOrEqual(10_000);
    expect(lines(join(dir, "desk.log")).at(-1)).toMatchObject({ i: 1999 });
    expect(log.lost()).toBe(0);
  });

  it("goes on where an earlier run stopped", () => {
    const dir = folder();
    for (const run of [1, 2]) {
      const log = openLog(options(dir));
      log.info({ run }, "began");
      log.close();
    }
    expect(lines(join(dir, "desk.log")).map((l) => l["run"])).toEqual([1, 2]);
  });

  it("hides secrets and account numbers at any depth it is given them", () => {
    const dir = folder();
    const log = openLog(options(dir));
    log.info({ token: "s3cret", broker: { account: "U1234567", auth: { password: "s3cret" } } }, "login");
    log.close();
    const text = readFileSync(join(dir, "desk.log"), "utf8");
    expect(text).not.toMatch(/s3cret|U1234567/);
    expect(text).toContain("[hidden]");
  });

  it("never stops the desk: a folder that cannot be made or written loses lines and counts them", () => {
    const file = join(mkdtempSync(join(tmpdir(), "voldesk-log-")), "file");
    writeFileSync(file, "");
    const log = openLog(options(join(file, "log")));
    log.info("lost");
    log.info("lost too");
    expect(log.lost()).toBe(2);
    log.close();
    if (process.getuid?.() === 0) return;
    const dir = mkdtempSync(join(tmpdir(), "voldesk-log-"));
    chmodSync(dir, 0o500);
    const readOnly = openLog(options(dir));
    readOnly.info("lost");
    expect(readOnly.lost()).toBe(1);
  });

  it("can be off", () => {
    const dir = folder();
    const log = openLog(options(dir, { level: "off" }));
    log.error("nothing");
    log.close();
    expect(() => readdirSync(dir)).toThrow();
  });
});

describe("a sentence in the log", () => {
  it("loses what follows the name of a secret, and nothing else", () => {
    expect(scrubbed('refused: {"token": "abc123", "px": 8.25}')).toBe(
      'refused: {"token": [hidden] "px": 8.25}',
    );
    expect(scrubbed("Authorization: Bearer eyJh.x.y sent")).toBe("Authorization: [hidden] sent");
    expect(scrubbed("api_key=K1 password = p2")).toBe("api_key=[hidden] password = [hidden]");
    expect(scrubbed("A1 GOOG iv 20.3 > 20")).toBe("A1 GOOG iv 20.3 > 20");
  });
});
