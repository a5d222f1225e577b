import type { Clock } from "../../shell/clock.ts";
import { type Gateway, GatewayError } from "./gateway.ts";

/** The gateway's session idles out without this. */
const TICKLE_EVERY_MS = 55_000;
const RETRY_FIRST_MS = 2_000;
const RETRY_MOST_MS = 60_000;

interface AuthStatus {
  readonly authenticated?: unknown;
  readonly competing?: unknown;
  readonly connected?: unknown;
}

/**
 * The brokerage session: asked for without taking it from another program, kept alive, and looked after. `standing` is null while it is
 * good, else what is wrong, in plain words.
 */
export class Login {
  session: string | null = null;
  standing: string | null = "not logged in yet";
  private retryMs = RETRY_FIRST_MS;
  private cancel: (() => void) | null = null;
  private closed = false;
  private asking = false;

  constructor(
    private readonly gateway: Gateway,
    private readonly clock: Clock,
    /** The session became good, or stopped being so. */
    private readonly changed: (good: boolean) => void,
  ) {}

  start(): void {
    void this.round();
  }

  /** Now, out of turn: the socket says that something is wrong. */
  again(): void {
    this.retryMs = RETRY_FIRST_MS;
    if (!this.asking) void this.round();
  }

  close(): void {
    this.closed = true;
    this.cancel?.();
  }

  private async round(): Promise<void> {
    this.cancel?.();
    this.asking = true;
    const before = this.standing;
    this.standing = await this.look();
    this.asking = false;
    if (this.closed) return;
    const good = this.standing === null;
    if (good !== (before === null) || this.standing !== before) this.changed(good);
    this.retryMs = good ? RETRY_FIRST_MS : Math.min(RETRY_MOST_MS, this.retryMs * 2);
    // Who heard of the change may have begun a round of its own.
    this.cancel?.();
    this.cancel = this.clock.after(good ? TICKLE_EVERY_MS : this.retryMs, () => void this.round());
  }

  /** Null when all is well. */
  private async look(): Promise<string | null> {
    try {
      let status = await this.tickle();
      if (status.authenticated !== true && status.competing !== true) {
        await this.gateway.post("/iserver/auth/ssodh/init", { publish: true, compete: false });
        status = await this.tickle();
      }
      if (status.competing === true)
        return "another program holds this user's session; leave it there, then press r";
      if (status.authenticated !== true)
        return "the gateway is not logged in: open it in a browser and log in";
      // Without this first, orders, snapshots and streams are refused.
      await this.gateway.get("/iserver/accounts");
      return null;
    } catch (error) {
      if (error instanceof GatewayError && error.status === 401)
        return "the gateway is not logged in: open it in a browser and log in";
      return error instanceof Error ? error.message : String(error);
    }
  }

  private async tickle(): Promise<AuthStatus> {
    const answer = (await this.gateway.post("/tickle")) as {
      readonly session?: unknown;
      readonly iserver?: { readonly authStatus?: AuthStatus };
    } | null;
    if (typeof answer?.session === "string") this.session = answer.session;
    return answer?.iserver?.authStatus ?? {};
  }
}
