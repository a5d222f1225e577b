import { randomBytes } from "node:crypto";
import type { VenueContext } from "../context.ts";

/** One login of one user: the portal's and the brokerage's session, and who competes for it. */
export class Login {
  session = randomBytes(16).toString("hex");
  authenticated = true;
  competing = false;
  /** `/iserver/accounts` was asked in this session. */
  accountsAsked = false;
  portfolioAsked = false;
  private readonly watchers = new Set<() => void>();

  constructor(private readonly context: VenueContext) {
    context.faults.onAdded((fault) => {
      if (fault.kind === "loggedOut") this.end(false);
      if (fault.kind === "competing") this.end(true);
    });
    // The other program leaves; who wants the session asks for it.
    context.faults.onEnded((fault) => {
      if (fault.kind !== "competing") return;
      this.competing = false;
      this.tell();
    });
  }

  private end(competing: boolean): void {
    this.authenticated = false;
    this.competing = competing;
    this.accountsAsked = false;
    this.portfolioAsked = false;
    this.tell();
  }

  /** The brokerage session anew; one that competes is only taken by force. */
  init(compete: boolean): void {
    if (this.competing && !compete) return;
    if (!this.authenticated) this.session = randomBytes(16).toString("hex");
    this.authenticated = true;
    this.competing = false;
    this.tell();
  }

  onChange(watch: () => void): () => void {
    this.watchers.add(watch);
    return () => this.watchers.delete(watch);
  }

  private tell(): void {
    for (const watch of this.watchers) watch();
  }

  status(): object {
    return {
      authenticated: this.authenticated,
      competing: this.competing,
      connected: this.authenticated || this.competing,
      message: "",
      MAC: "98:F2:B3:23:AE:D0",
      serverInfo: { serverName: "JifN11057", serverVersion: "Build 10.37.1a, Nov 3, 2026 4:00:00 PM" },
      fail: "",
    };
  }

  tickle(): object {
    return {
      session: this.session,
      ssoExpires: 575_000,
      collission: false,
      userId: 123_456_789,
      hmds: { error: "no bridge" },
      iserver: { authStatus: this.status() },
    };
  }

  validate(): object {
    const nowMs = Math.floor(this.context.clock.wallUs() / 1000);
    return {
      USER_ID: 123_456_789,
      USER_NAME: "venue",
      RESULT: true,
      AUTH_TIME: nowMs - 60_000,
      SF_ENABLED: false,
      IS_FREE_TRIAL: false,
      CREDENTIAL: "venue",
      IP: "127.0.0.1",
      EXPIRES: 575_000,
      QUALIFIED_FOR_MOBILE_AUTH: null,
      LANDING_APP: "UNIVERSAL",
      IS_MASTER: false,
      lastAccessed: nowMs,
      LOGIN_TYPE: 2,
      PAPER_USER_NAME: "venue",
    };
  }
}
