/** `ESC [ x` */
export const FINAL_KEYS: Readonly<Record<string, string>> = {
  A: "up",
  B: "down",
  C: "right",
  D: "left",
  E: "begin",
  F: "end",
  H: "home",
  P: "f1",
  Q: "f2",
  S: "f4",
};
/** `ESC [ n ~` */
export const TILDE_KEYS: Readonly<Record<string, string>> = {
  1: "home",
  2: "insert",
  3: "delete",
  4: "end",
  5: "pgup",
  6: "pgdn",
  7: "home",
  8: "end",
};
/** `ESC O x`, the keypad among them. */
export const SS3_KEYS: Readonly<Record<string, string>> = {
  ...FINAL_KEYS,
  R: "f3",
  M: "enter",
  j: "*",
  k: "+",
  l: ",",
  m: "-",
  n: ".",
  o: "/",
};
/** Control bytes with a name of their own; the others are `ctrl-` and a letter. */
export const CTRL_NAMES: Readonly<Record<number, string>> = {
  8: "backspace",
  9: "tab",
  10: "enter",
  13: "enter",
  27: "esc",
  28: "ctrl-\\",
  29: "ctrl-]",
  30: "ctrl-^",
  31: "ctrl-_",
  0: "ctrl-space",
};

/** `2` shift, `3` alt, `5` ctrl and their sums → a prefix in the order ctrl, alt, shift. */
export function modifiers(code: string): string {
  const bits = Number.parseInt(code, 10) - 1;
  if (!(bits > 0)) return "";
  return (bits & 4 ? "ctrl-" : "") + (bits & 2 ? "alt-" : "") + (bits & 1 ? "shift-" : "");
}
