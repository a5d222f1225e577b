/** What a terminal's bytes pass through on their way. */
export type Via = "ssh" | "tmux" | "screen";

export interface Link {
  readonly via: readonly Via[];
  /** Frames a second that get through now. */
  readonly fps: () => number;
}

export function detectVia(env: Readonly<Record<string, string | undefined>>): readonly Via[] {
  const via: Via[] = [];
  if (env["SSH_CONNECTION"] || env["SSH_TTY"]) via.push("ssh");
  // Each leaves its mark to what runs in the other: GNU screen names the terminal it is in after a dot (`screen.tmux-256color`).
  const inScreen = env["STY"] && (!env["TMUX"] || env["TERM"]?.startsWith("screen."));
  if (inScreen && env["TMUX"]) via.push("tmux");
  if (inScreen) via.push("screen");
  else if (env["TMUX"]) via.push("tmux");
  return via;
}

/** `ssh tmux 8 f/s`; calm frames are few by choice. */
export function linkWords(link: Link, calm: boolean): string {
  const name = link.via.length === 0 ? "terminal" : link.via.join(" ");
  return `${name} ${calm ? "calm, 2" : Math.round(link.fps())} f/s`;
}

/** A sequence as it gets through: GNU screen hands on only what is wrapped, in pieces that it can hold. */
export function passed(link: Link | null, sequence: string): string {
  if (sequence === "" || sequence === "\x07" || !link?.via.includes("screen")) return sequence;
  const parts = sequence.match(/[\s\S]{1,250}/g) ?? [];
  return parts.map((part) => `\x1bP${part}\x1b\\`).join("");
}

/** What may keep a copy from reaching the clipboard, with the line that helps; null where nothing is known to. */
export function copyNote(link: Link | null): string | null {
  if (link?.via.includes("tmux")) return "(not there? tmux needs: set -s set-clipboard on)";
  return null;
}
