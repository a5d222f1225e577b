import type { Command } from "../../src/desk/protocol.ts";
import type { DeskClient } from "../desk-client.ts";
import type { SendResult } from "../orders/mode.ts";
import type { NoticeLevel } from "./pane.ts";

/** Sends commands to the desk; what it answers goes to the notification row. */
export class Sender {
  #killing = false;
  /** The desk has carried it out; its status of since then is on the way. */
  #killed = false;

  constructor(
    readonly desk: DeskClient,
    readonly notify: (text: string, level: NoticeLevel) => void,
    readonly touch: (area: string) => void,
  ) {}

  /** A kill is on its way: the bar does not wait for the desk. */
  get killing(): boolean {
    return this.#killing;
  }

  async send(command: Command, level: NoticeLevel = "info"): Promise<SendResult> {
    try {
      const result = await this.desk.command(command);
      if (result.message !== null) this.notify(result.message, result.ok ? level : "warn");
      return result;
    } catch (error) {
      const message = `The desk did not answer "${command.name}": ${String(error)}`;
      this.notify(message, "error");
      return { ok: false, message, lost: true };
    }
  }

  kill(reason: string): void {
    this.#kills(true);
    void this.send({ name: "kill", reason }, "order").then((result) => {
      if (result.ok) this.#killed = true;
      else this.#kills(false);
    });
  }

  /** A status came. The one after a kill's answer is the first that knows of it: what was shown before it would say ACTIVE once more. */
  statusCame(): void {
    if (this.#killed) this.#kills(false);
  }

  #kills(killing: boolean): void {
    this.#killing = killing;
    this.#killed = false;
    this.touch("status");
    this.touch("hint");
    this.touch("small");
  }
}
