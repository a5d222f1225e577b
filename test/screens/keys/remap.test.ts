import { mkdirSync, mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import { openScreenStore } from "../../../bin/screen-store.ts";
import { nearest } from "../../../config/nearest.ts";
import { resolvePaths } from "../../../config/paths.ts";
import { type Binding, conflicts, KEYMAP } from "../../../screens/keys/keymap.ts";
import { remap } from "../../../screens/keys/remap.ts";
import { keyTable } from "../../../screens/keys/tables.ts";
import { frameDesk } from "../../harness/fake-desk.ts";
import { removeFolder } from "../../harness/folders.ts";
import { type Mounted, mountScreen } from "../../harness/screen.ts";

const folders: string[] = [];
let mounted: Mounted[] = [];
afterEach(() => {
  for (const m of mounted) m.end();
  mounted = [];
  for (const dir of folders.splice(0)) removeFolder(dir);
});

const problems = (file: unknown): readonly string[] => {
  const table = remap(file, nearest);
  return "problems" in table ? table.problems : [];
};
const keysOf = (file: unknown, action: string): readonly string[] | undefined => {
  const table = remap(file, nearest);
  return "problems" in table ? undefined : table.find((b) => b.action === action)?.keys;
};

describe("the table of keys", () => {
  it("means one thing a key, in every pane and mode", () => {
    expect(conflicts()).toEqual([]);
  });

  it("is what docs/screens.md says", () => {
    expect(readFileSync("docs/screens.md", "utf8")).toContain(keyTable());
  });

  it("uses no key that tmux, screen or the terminal takes, and none that SSH loses", () => {
    const table: readonly Binding[] = KEYMAP;
    for (const { keys, action } of table)
      for (const key of keys)
        expect(key, action).not.toMatch(/^ctrl-[abhijmqs\\]$|^alt-|^f\d|(shift|ctrl)-(up|down|left|right)$/);
  });

  it("has a second key wherever a European keyboard needs AltGr for the first", () => {
    const table: readonly Binding[] = KEYMAP;
    for (const first of ["{", "}", "`"]) {
      const binding = table.find((b) => b.keys.includes(first));
      expect(binding?.keys.length, first).toBeGreaterThan(1);
    }
  });
});

describe("a file of keys", () => {
  it("takes the place of the built-in ones, one or several to an action", () => {
    expect(keysOf({ alert: "T" }, "alert")).toEqual(["T"]);
    expect(keysOf({ explain: ["E", "ctrl-t"] }, "explain")).toEqual(["E", "ctrl-t"]);
    expect(keysOf({}, "explain")).toEqual(["i"]);
  });

  it("is refused whole, with all that is wrong in it", () => {
    expect(problems({ explian: "i", zoom: "nokey", alert: 5 })).toEqual([
      'there is no action "explian". Did you mean "explain"?',
      'zoom: "nokey" is no key; x, X, ctrl-t, space, enter, pgup, g x',
    ]);
    expect(problems({ alert: "z" })).toEqual(["z is zoom and alert"]);
    expect(problems([1])).toHaveLength(1);
  });

  it("never leaves kill without a key, and never lets Enter, Space or y send", () => {
    expect(problems({ kill: [] })).toEqual(["kill can't be without a key"]);
    expect(problems({ kill: "k" })[0]).toContain("typed in text fields");
    expect(keysOf({ kill: "ctrl-t" }, "kill")).toEqual(["ctrl-t"]);
    for (const key of ["enter", "space", "y"])
      expect(problems({ "orders.send": key })[0]).toContain("may never send");
  });

  it("has the keys of tickets, previews, the structure menu and stories too", () => {
    expect(keysOf({ "ticket.flip": "w" }, "ticket.flip")).toEqual(["w"]);
    expect(keysOf({ "ticket.mid": "r", "ticket.flip": "m" }, "ticket.mid")).toEqual(["r"]);
    // What a pane does by the same key does not matter while they are open.
    expect(keysOf({ "story.close": "b" }, "story.close")).toEqual(["b"]);
    expect(problems({ "ticket.flop": "w" })[0]).toContain('Did you mean "ticket.flip"?');
  });

  it("can't give one key two meanings in one of them, nor take a key that works anywhere", () => {
    expect(problems({ "ticket.flip": "m" })).toEqual(["m is ticket.mid and ticket.flip"]);
    expect(problems({ "structure.condor": "v" })).toEqual(["v is structure.vertical and structure.condor"]);
    expect(problems({ "ticket.flip": "ctrl-x" })).toEqual(["ctrl-x is kill and ticket.flip"]);
    expect(problems({ kill: "ctrl-u" })).toContain("ctrl-u is kill and story.pageUp");
  });

  it("can't use what they read as text, nor two keys after each other", () => {
    for (const key of [5, ".", "-", "backspace"])
      expect(problems({ "ticket.flip": key })).toEqual([`ticket.flip: "${key}" is typed there as text`]);
    expect(problems({ "preview.renew": 1 })[0]).toContain("typed there as text");
    expect(problems({ "ticket.flip": "g x" })).toEqual([
      'ticket.flip: "g x" is two keys, and here one is read',
    ]);
  });

  it("keeps the key that confirms deliberate", () => {
    expect(keysOf({ "preview.confirm": "S" }, "preview.confirm")).toEqual(["S"]);
    for (const key of ["enter", "space", "y"])
      expect(problems({ "preview.confirm": key })[0]).toContain("may never send");
    expect(problems({ "preview.confirm": [] })).toEqual(["preview.confirm can't be without a key"]);
    // Held down, p would preview and send.
    expect(problems({ "preview.confirm": "p", "preview.renew": "n" })).toContain(
      "p is ticket.preview and preview.confirm: what sends does nothing else",
    );
    expect(problems({ "ticket.flip": "C" })).toEqual([
      "C is ticket.flip and preview.confirm: what sends does nothing else",
    ]);
    expect(problems({ "preview.confirm": "b" })[0]).toContain("what sends does nothing else");
  });

  it("can't use what a terminal or multiplexer keeps for itself", () => {
    for (const key of ["ctrl-b", "ctrl-a", "ctrl-s", "ctrl-m"])
      expect(problems({ alert: key })[0]).toContain("never arrives");
  });
});

describe("keys.yaml", () => {
  function storeWith(text: string | null) {
    const home = mkdtempSync(join(tmpdir(), "keys-"));
    folders.push(home);
    const paths = resolvePaths({}, home, home);
    mkdirSync(paths.configDir, { recursive: true });
    const write = (t: string) => writeFileSync(join(paths.configDir, "keys.yaml"), t);
    if (text !== null) write(text);
    return { store: openScreenStore(paths), write };
  }

  it("changes dispatch, help and hints; a bad one keeps the last good keys and says so", async () => {
    const { store, write } = storeWith("explain: E\nzoom: Z\n");
    const desk = frameDesk();
    const m = mountScreen({ desk, store });
    mounted.push(m);
    expect(m.line(23)).toContain("E explain");
    await m.keys("i");
    expect(m.line(22)).toContain("i does nothing here");
    await m.keys("\x1b", "?");
    expect(m.text()).toContain("E explain");
    await m.keys("\x1b");

    write("explain: [E\n");
    await m.keys(...":keys\r");
    expect(m.line(22)).toContain("KEY-001");
    expect(m.line(22)).toContain("keys.yaml");
    expect(m.line(23)).toContain("E explain");

    write("explain: i\n");
    await m.keys("\x1b", ...":keys\r");
    expect(m.line(23)).toContain("i explain");
  });

  it("bad from the first day leaves the built-in keys", () => {
    const { store } = storeWith("kill: []");
    expect(store.loadKeys()).toMatchObject({ keymap: KEYMAP, own: false });
    expect(store.loadKeys().problem).toMatch(
      /^KEY-001 .*keys\.yaml: kill can't be without a key\. The built-in keys hold\.$/,
    );
  });
});

describe("a key that does nothing", () => {
  it("says so once", async () => {
    const m = mountScreen({ desk: frameDesk() });
    mounted.push(m);
    await m.keys("T");
    expect(m.line(22)).toBe(" T does nothing here (? shows what does)");
    m.frame(5000);
    await m.keys("T");
    expect(m.line(22)).toBe("");
  });
});

describe("the row said in words", () => {
  it(":say gives it as one sentence, with unknown for the dash", async () => {
    const m = mountScreen({ desk: frameDesk(), cols: 200, rows: 50 });
    mounted.push(m);
    await m.keys("2", ...":say\r");
    const said = m.line(48);
    expect(said).toMatch(/^ Watch: SYM GOOG.*, BID 747\.98.*\.$/);
    expect(said).not.toContain("–");

    const narrow = mountScreen({ desk: frameDesk() });
    mounted.push(narrow);
    await narrow.keys("j", ...":say\r");
    expect(narrow.text()).toContain("the row in Positions");
    expect(narrow.text()).toMatch(/V\$\/vp \+240\./);
  });
});

describe("what is not to be had here", () => {
  it(":report and :feed say so plainly; :w keeps the layout", async () => {
    const m = mountScreen({ desk: frameDesk(), cols: 120 });
    mounted.push(m);
    await m.keys(...":report pack\r");
    expect(m.line(22)).toContain("Reports are made on the command line");
    await m.keys(...":feed add ibkr\r");
    expect(m.line(22)).toContain("fixed when it opens");
    await m.keys(...":w\r");
    expect(m.screen.store.layoutNames()).toEqual(["own"]);
    await m.keys(...":w mine\r");
    expect(m.screen.store.layoutNames()).toEqual(["mine", "own"]);
  });
});
