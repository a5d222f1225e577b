import type { Clock } from "../../shell/clock.ts";
import type { Wire } from "../net/wire.ts";
import { rpc } from "./errors.ts";

const LEAST_S = 10;

/** Heartbeats that a client asked for; one that leaves a test request unanswered is cut off. */
export class Heartbeat {
  private seconds = 0;
  private awaiting = false;
  private cancel: () => void = () => {};

  constructor(
    private readonly clock: Clock,
    private readonly wire: Wire,
    private readonly out: (message: object) => void,
  ) {}

  /** 0 turns it off. @throws RpcError for an interval under ten seconds. */
  set(seconds: number): "ok" {
    if (seconds !== 0 && seconds < LEAST_S)
      throw rpc.invalidParams("interval", "interval must be greater than or equal to 10");
    this.cancel();
    this.seconds = seconds;
    this.awaiting = false;
    if (seconds > 0) this.later();
    return "ok";
  }

  answered(): void {
    this.awaiting = false;
  }

  private later(): void {
    this.cancel = this.clock.after(this.seconds * 1000, () => {
      // The last one was not answered: nobody is there.
      if (this.awaiting) return this.wire.terminate();
      this.beat("heartbeat");
      this.beat("test_request");
      this.awaiting = true;
      this.later();
    });
  }

  private beat(type: string): void {
    this.out({ jsonrpc: "2.0", method: "heartbeat", params: { type } });
  }

  stop(): void {
    this.cancel();
  }
}
