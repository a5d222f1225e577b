import { PANE_IDS, type PaneId } from "../keys/keymap.ts";
import { jump } from "./actions.ts";
import { askToQuit } from "./quit.ts";
import type { ScreenFace } from "./screen-face.ts";

interface Verb {
  readonly name: string;
  /** Must be typed in full. */
  readonly whole?: boolean;
  readonly run: (screen: ScreenFace, rest: string) => void;
}

const VERBS: readonly Verb[] = [
  { name: "q", whole: true, run: (screen) => askToQuit(screen) },
  {
    name: "kill",
    whole: true,
    run: (screen) => void screen.send({ name: "kill", reason: ":kill" }, "order"),
  },
  {
    name: "go",
    run: (screen, rest) =>
      jump(
        {
          status: () => screen.status,
          send: (c) => void screen.send(c),
          notify: (t, l) => screen.notify(t, l),
          prompt: (o) => screen.openPrompt(o),
        },
        rest,
      ),
  },
  { name: "speed", run: setSpeed },
  { name: "pause", run: (screen) => void screen.send({ name: "pause" }) },
  { name: "run", run: (screen) => void screen.send({ name: "run" }) },
  {
    name: "loop",
    run: (screen, rest) => {
      const on = rest === "" ? !screen.status?.loop : rest === "on";
      void screen.send({ name: "loop", on });
    },
  },
  { name: "watch", run: (screen, rest) => watch(screen, rest, true) },
  { name: "unwatch", run: (screen, rest) => watch(screen, rest, false) },
  ...PANE_IDS.map((id): Verb => ({ name: id, run: (screen) => screen.focusPane(id as PaneId) })),
];

function setSpeed(screen: ScreenFace, rest: string): void {
  const speed = rest === "max" ? "max" : Number(rest.replace(/x$/, ""));
  if (speed !== "max" && !(speed >= 0.25 && speed <= 1000)) {
    screen.notify(`speed "${rest}" is none. Give 0.25 to 1000, or max.`, "warn");
    return;
  }
  void screen.send({ name: "speed", speed });
}

function watch(screen: ScreenFace, rest: string, add: boolean): void {
  const names = rest.split(/[\s,]+/).filter((n) => n !== "");
  if (names.length === 0) {
    screen.notify(`${add ? "watch" : "unwatch"} what? Name instruments, e.g. GOOG.`, "warn");
    return;
  }
  void screen.send({ name: "watch", list: "", add: add ? names : [], remove: add ? [] : names });
}

/** A line of the command prompt: a verb, by a prefix that only one has, then its words. */
export function runCommandLine(screen: ScreenFace, text: string): void {
  const line = text.trim();
  if (line === "") return;
  const [word = "", ...words] = line.split(/\s+/);
  const exact = VERBS.find((v) => v.name === word);
  const found = exact ? [exact] : VERBS.filter((v) => !v.whole && v.name.startsWith(word));
  const [verb] = found;
  if (found.length === 1 && verb) verb.run(screen, words.join(" "));
  else if (found.length > 1)
    screen.notify(`"${word}" could be ${found.map((v) => v.name).join(", ")}.`, "warn");
  else screen.notify(`"${word}" is no command. ? lists the keys.`, "warn");
}
