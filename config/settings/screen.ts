import { choice, flag, integer, numberOr, type Setting, word } from "../setting-kinds.ts";

/** What the screen looks like, and the session it opens with. */
export const SCREEN_SETTINGS = {
  theme: choice(["default", "classic", "light", "mono"], {
    default: "default",
    help: "Colours: default has blue up and orange down, classic green and red, light is for a light background, mono has none.",
  }),
  "screen.fps": integer({
    default: 30,
    min: 1,
    max: 60,
    unit: "frames/s",
    help: "Most frames a second for moving data. Keys are drawn at once whatever this is.",
  }),
  "screen.calm": flag({ default: false, help: "Two frames a second, no flash, no spinner." }),
  "screen.ascii": flag({ default: false, help: "Plain ASCII glyphs, for fonts that lack the others." }),
  "screen.flash": flag({ default: true, help: "A changed cell is inverse for one short step." }),
  "screen.color": choice(["auto", "none", "16", "256", "truecolor"], {
    default: "auto",
    help: "How many colours to use; auto asks the terminal, and NO_COLOR means none.",
  }),
  "alerts.signal": choice(["none", "bell", "osc9"], {
    default: "none",
    help: "What an alert does besides its message: bell rings, osc9 asks the terminal for a desktop notification.",
  }),
  "replay.session": word({
    default: "goog-2015-12-24",
    takes: "the name of a session or the path of its folder",
    pattern: /^[^\0]+$/,
    help: "The session that opens when none is named.",
  }),
  "replay.speed": numberOr({
    default: "session",
    words: ["session", "max"],
    min: 0.25,
    max: 100,
    unit: "x",
    help: "How fast a replay starts: session is the speed that the session itself asks for.",
  }),
  "replay.loop": flag({ default: false, help: "Begin again at the end." }),
} as const satisfies Record<string, Setting>;
