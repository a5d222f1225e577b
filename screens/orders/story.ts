import type { StoryLine, StoryView } from "../../src/desk/protocol.ts";
import * as f from "../kit/format.ts";
import type { Role } from "../theme/roles.ts";
import type { Mode, ModeHost, ModeKey, SheetRoom } from "./mode.ts";
import { must, type Piece, type Sheet, wrapGroups } from "./sheet.ts";

const PAGE = 10;
const ROLE: Readonly<Record<StoryLine["kind"], Role>> = {
  key: "key",
  ticket: "text",
  preview: "text",
  ledger: "dim",
  sent: "title",
  broker: "text",
  fill: "up",
  state: "focus",
  note: "dim",
};

/** Everything that happened to an order, oldest first. */
export class StoryMode implements Mode {
  readonly id = "story";
  readonly place = "body";
  #view: StoryView | null = null;
  #top = 0;
  #stop: () => void = () => {};

  constructor(
    readonly host: ModeHost,
    readonly order: string,
  ) {}

  start(): void {
    this.#stop = this.host.desk.subscribe("story", { order: this.order }, (view) => {
      this.#view = view;
      this.host.touch();
    });
  }
  closed(): void {
    this.#stop();
  }
  back(): boolean {
    return false;
  }

  sheet(room: SheetRoom): Sheet {
    const { keys } = this.host;
    const v = this.#view;
    const title: Piece[] = [[`story of ${v?.title ?? this.order}`, "focus"]];
    const foot: Piece[] = [
      [` ${keys.labelOf("story.down")} ${keys.labelOf("story.up")}  ${keys.labelOf("back")} back `, "dim"],
    ];
    if (!v) return { title, lines: [must([["asking the desk for the story…", "dim"]])], foot };
    const offset = this.host.status()?.zoneOffsetMin ?? 0;
    const lines = v.lines.flatMap((line) =>
      wrapGroups(
        [
          [
            [`${f.clock(line.us, offset)} `, "dim"],
            [line.kind.padEnd(8), ROLE[line.kind]],
          ],
          [[line.text, "text"]],
        ],
        room.w,
        18,
        "",
      ),
    );
    this.#top = Math.max(0, Math.min(this.#top, lines.length - room.h));
    return { title, lines: lines.slice(this.#top, this.#top + room.h).map(must), foot };
  }

  key({ key }: ModeKey): void {
    const action = this.host.keys.inMode("story", key);
    const by = { up: -1, down: 1, pageUp: -PAGE, pageDown: PAGE } as const;
    if (action === null)
      this.host.notify(`${key} does nothing in a story (${this.host.keys.labelOf("back")} leaves it)`);
    else if (action === "close") this.host.leave(this);
    else if (action === "help") this.host.help("story");
    else this.#top = Math.max(0, this.#top + by[action]);
    this.host.touch();
  }
}
