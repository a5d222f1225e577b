import { describe, expect, it } from "vitest";
import { contextDesk } from "../../harness/context-desk.ts";
import type { FakeDesk } from "../../harness/fake-desk.ts";
import { monkey } from "../../harness/monkey.ts";
import { type Mounted, mountScreen } from "../../harness/screen.ts";
import { sized } from "../../harness/sizes.ts";
import { Emulator } from "../../harness/terminal.ts";
import { contextAt } from "../../shell/context.ts";

const KEYS = sized({ test: 2000, soak: 20_000, nightly: 100_000 });
const SENDS = ["confirm", "amendSend"];

/** What the terminal shows, beside what the screen holds: a new one at each size, painted whole. */
class Beside {
  #terminal = new Emulator(1, 1);

  constructor(readonly m: Mounted) {}

  /** The first row that differs, or null. */
  async torn(): Promise<string | null> {
    const { cols, rows } = this.m.screen.grid;
    if (this.#terminal.term.cols !== cols || this.#terminal.term.rows !== rows) {
      this.#terminal = new Emulator(cols, rows);
      this.m.frames.length = 0;
      this.m.screen.repaint();
      this.m.frame();
    }
    await this.#terminal.write(this.m.frames.splice(0).join(""));
    const held = this.m.screen.grid.toText().split("\n");
    const shown = this.#terminal.lines();
    const row = shown.findIndex((line, y) => line !== (held[y] ?? "").trimEnd());
    return row < 0 ? null : `${cols}x${rows} row ${row}: ${shown[row]} | ${held[row]?.trimEnd()}`;
  }
}

describe("a monkey over every pane of the bundled session", () => {
  it(`presses ${KEYS} keys: nothing throws, nothing is torn, nothing is sent`, {
    timeout: KEYS * 60,
  }, async () => {
    const desk = contextDesk(contextAt("goog-2015-12-24", "10:34", ["EQ/GOOG/USD"]), { remember: true });
    const m = mountScreen({ desk: desk as unknown as FakeDesk, cols: 120, rows: 40 });
    const beside = new Beside(m);
    let pressed = 0;
    const torn: string[] = [];
    await monkey(m, KEYS, 11, async () => {
      pressed++;
      expect(m.fatal).toBe(null);
      expect(m.paneErrors).toEqual([]);
      const row = pressed % 40 === 0 ? await beside.torn() : null;
      if (row !== null) torn.push(`after ${pressed} keys, ${row}`);
    });
    m.end();
    expect(torn).toEqual([]);
    expect(desk.commands.filter((c) => SENDS.includes(c.name))).toEqual([]);
  });
});
