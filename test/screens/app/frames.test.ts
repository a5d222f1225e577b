import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { FrameLoop } from "../../../screens/app/frames.ts";
import { Echo } from "../../../screens/terminal/echo.ts";
import { type OutputStream, PACING, PacedOutput } from "../../../screens/terminal/output.ts";

/** A line that takes so many bytes a second. */
class SlowLine implements OutputStream {
  readonly writes: string[] = [];
  waiting = 0;
  most = 0;
  constructor(readonly bytesPerMs: number) {}
  write(data: string, done?: (error?: Error | null) => void): boolean {
    this.writes.push(data);
    this.waiting++;
    this.most = Math.max(this.most, this.waiting);
    setTimeout(() => {
      this.waiting--;
      done?.(null);
    }, data.length / this.bytesPerMs);
    return false;
  }
  on(): this {
    return this;
  }
  off(): this {
    return this;
  }
}

function run(line: SlowLine, polls = true) {
  let value = 0;
  let composed = 0;
  const wholes: number[] = [];
  let ask = (): void => {};
  const now = () => performance.now();
  const output = new PacedOutput(
    line,
    now,
    () => loop.drained(),
    () => {},
  );
  const loop: FrameLoop = new FrameLoop(
    {
      poll: () => {},
      awake: () => {},
      written: () => {},
      follow: () => {},
      compose: (whole) => {
        composed++;
        ask();
        if (whole) wholes.push(now());
        return `${value}${whole ? "." : "k"}`.padEnd(1000, ".");
      },
    },
    output,
    now,
    polls,
  );
  return {
    loop,
    output,
    set: (v: number) => {
      value = v;
    },
    composed: () => composed,
    wholes,
    asking: (f: () => void) => {
      ask = f;
    },
  };
}

beforeEach(() => {
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "performance", "queueMicrotask"] });
});
afterEach(() => {
  vi.useRealTimers();
});

describe("frame pacing", () => {
  it("draws data at 30 frames a second on a fast line, and a key at once", async () => {
    const line = new SlowLine(1e9);
    const { loop, set } = run(line);
    loop.start();
    await vi.advanceTimersByTimeAsync(1000);
    expect(line.writes.length).toBeGreaterThanOrEqual(29);
    expect(line.writes.length).toBeLessThanOrEqual(32);
    await vi.advanceTimersByTimeAsync(5);
    const before = line.writes.length;
    set(7);
    loop.work(true);
    await vi.advanceTimersByTimeAsync(0);
    expect(line.writes.length).toBe(before + 1);
    expect(line.writes.at(-1)?.startsWith("7k")).toBe(true);
    loop.stop();
  });

  it("does not hold data back while a key is held down, on a fast line and on one that is full of answers", async () => {
    for (const [kbps, gap] of [
      [1e9, 40],
      [10, 400],
    ] as const) {
      const { loop, wholes } = run(new SlowLine(kbps));
      loop.start();
      await vi.advanceTimersByTimeAsync(1000);
      const from = wholes.length;
      for (let i = 0; i < 100; i++) {
        loop.work(true);
        await vi.advanceTimersByTimeAsync(30);
      }
      const held = wholes.slice(from);
      expect(held.length).toBeGreaterThan(3000 / gap - 2);
      for (const [i, at] of held.entries())
        if (i > 0) expect(at - (held[i - 1] as number)).toBeLessThanOrEqual(gap);
      loop.stop();
    }
  });

  it("slows down on a slow line, with never more than one frame under way, and the last is the newest", async () => {
    // 2 kB/s: a frame of 1 kB takes half a second.
    const line = new SlowLine(2);
    const { loop, output, set } = run(line);
    loop.start();
    for (let i = 1; i <= 500; i++) {
      set(i);
      loop.work(i % 3 === 0);
      await vi.advanceTimersByTimeAsync(10);
    }
    expect(line.most).toBe(1);
    expect(line.writes.length).toBeLessThanOrEqual(11);
    expect(output.fps).toBe(2);
    await vi.advanceTimersByTimeAsync(1500);
    expect(line.writes.at(-1)?.startsWith("500.")).toBe(true);
    loop.stop();
  });

  it("draws no more of them where a frame asks for the next while it is made", async () => {
    const line = new SlowLine(1e9);
    const { loop, asking } = run(line);
    asking(() => loop.work(false));
    loop.start();
    await vi.advanceTimersByTimeAsync(1000);
    expect(line.writes.length).toBeGreaterThanOrEqual(28);
    expect(line.writes.length).toBeLessThanOrEqual(31);
    loop.stop();
  });

  it("does nothing without work when there is no book to look at", async () => {
    const line = new SlowLine(1e9);
    const { loop, composed } = run(line, false);
    loop.start();
    await vi.advanceTimersByTimeAsync(5000);
    expect(composed()).toBe(1);
    loop.work(false);
    loop.work(false);
    await vi.advanceTimersByTimeAsync(100);
    expect(composed()).toBe(2);
    loop.stop();
    loop.work(true);
    await vi.advanceTimersByTimeAsync(100);
    expect(composed()).toBe(2);
  });
});

/** A line whose buffers take everything at once and hand it on at so many bytes a second, to a terminal that answers. */
class LongLine implements OutputStream {
  queue = 0;
  most = 0;
  answers: (() => void) | null = null;
  constructor(readonly bytesPerMs: number) {}
  write(data: string, done?: (error?: Error | null) => void): boolean {
    this.queue += data.length;
    this.most = Math.max(this.most, this.queue);
    const seen = this.queue / this.bytesPerMs;
    setTimeout(() => {
      this.queue -= data.length;
      if (data.endsWith("\x1b[5n")) this.answers?.();
    }, seen);
    done?.(null);
    return true;
  }
  on(): this {
    return this;
  }
  off(): this {
    return this;
  }
}

describe("pacing over a long line", () => {
  function over(bytesPerMs: number, answers: boolean) {
    const line = new LongLine(bytesPerMs);
    const now = () => performance.now();
    const output = new PacedOutput(
      line,
      now,
      () => loop.drained(),
      () => {},
      PACING,
      new Echo(),
    );
    const source = {
      poll: () => {},
      awake: () => {},
      written: () => {},
      follow: () => {},
      compose: () => `${Math.floor(performance.now())}`.padEnd(500, "."),
    };
    const loop: FrameLoop = new FrameLoop(source, output, now, true);
    if (answers) line.answers = () => output.heard();
    return { line, loop, output };
  }

  it("keeps what lies unseen on the way short, though every write drains at once; a key's frame goes all the same", async () => {
    const { line, loop, output } = over(4, true);
    loop.start();
    await vi.advanceTimersByTimeAsync(10_000);
    line.most = line.queue;
    await vi.advanceTimersByTimeAsync(10_000);
    // 15 kB/s were made without it: after 20 s 220 kB would wait, 55 s of line.
    expect(line.most / 4).toBeLessThan(1000);
    expect(output.fps).toBeLessThan(30);
    // 4 bytes a millisecond are 8 frames of 500 bytes a second, of which about half are used.
    expect(output.through).toBeGreaterThan(2);
    expect(output.through).toBeLessThan(9);
    const before = line.queue;
    loop.work(true);
    await vi.advanceTimersByTimeAsync(0);
    expect(line.queue).toBeGreaterThan(before);
    loop.stop();
  });

  it("is as quick as ever where the line is fast, and where the terminal never answers", async () => {
    for (const answers of [true, false]) {
      const { loop, output } = over(1e6, answers);
      loop.start();
      await vi.advanceTimersByTimeAsync(5000);
      expect(output.frames).toBeGreaterThan(140);
      expect(output.fps).toBe(30);
      expect(output.through).toBe(30);
      loop.stop();
    }
  });
});

describe("calm mode", () => {
  it("draws data twice a second, and a key's answer at once", async () => {
    const line = new SlowLine(1e9);
    const output = new PacedOutput(
      line,
      () => performance.now(),
      () => loop.drained(),
      () => {},
    );
    const loop: FrameLoop = new FrameLoop(
      {
        poll: () => {},
        awake: () => {},
        written: () => {},
        follow: () => {},
        compose: () => `${performance.now()}`,
        maxFps: () => 2,
      },
      output,
      () => performance.now(),
      true,
    );
    loop.start();
    await vi.advanceTimersByTimeAsync(5000);
    expect(line.writes.length).toBeLessThanOrEqual(11);
    await vi.advanceTimersByTimeAsync(5);
    const before = line.writes.length;
    loop.work(true);
    await vi.advanceTimersByTimeAsync(0);
    expect(line.writes.length).toBe(before + 1);
    loop.stop();
  });
});
