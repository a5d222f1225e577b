import type { Mounted } from "./screen.ts";

/** Keys that a hand can reach, those of all panes and modes among them. */
const KEYS: readonly string[] = [
  ..."1234567890FLjkhlGgzmquoy/|?:iIpnrbsxtXRM+-,.<>()[]{}=vaAweTcZDfdC $%\t\r`",
  ..."\x1b\x03\x07\x0c\x0f\x10\x15\x18\x04\x7f",
  "\x1b[A",
  "\x1b[B",
  "\x1b[C",
  "\x1b[D",
  "\x1b[5~",
  "\x1b[6~",
  "\x1b[Z",
  "\x1b[200~C\rpasted\x1b[201~",
];

/** Presses so many keys by a fixed chance, over every pane in turn and at changing sizes; `look` after each. */
export async function monkey(
  m: Mounted,
  count: number,
  seed: number,
  look: () => Promise<void>,
): Promise<void> {
  let state = seed;
  const random = (n: number): number => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * n);
  };
  const panes = m.screen.options.panes.map((p) => p.id);
  for (let i = 0; i < count; i++) {
    if (i % 97 === 0) m.resize(40 + random(270), 10 + random(72));
    if (i % 53 === 0) {
      m.screen.focusPane(panes[(i / 53) % panes.length] as (typeof panes)[number]);
      m.frame();
    }
    await m.keys(KEYS[random(KEYS.length)] as string);
    await look();
  }
}
