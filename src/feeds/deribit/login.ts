import type { Clock } from "../../shell/clock.ts";
import type { ApiKeys } from "../keys.ts";
import { type Rpc, RpcError } from "./rpc.ts";

/** Private call without a sign-in that is good: the token ran out, or was taken back. */
export const UNAUTHORISED = 13_009;
export const EXPIRED = `the access token has expired (${UNAUTHORISED}): signing in again`;

/** The server is asked this often whether it still knows us: private channels end without a word when it does not, ms. */
const PROOF_EVERY_MS = 15_000;
/** A small private answer, whatever the account holds. */
const PROOF = "private/get_cancel_on_disconnect";
/** A token that says nothing of its life, s. */
const USUAL_LIFE_S = 900;

export interface LoginOptions {
  readonly rpc: Rpc;
  readonly clock: Clock;
  readonly keys: ApiKeys;
  readonly proofMs?: number | undefined;
  /** The sign-in is gone although the socket stands; a new one is under way. */
  lapsed(): void;
  /** Signed in again on the same socket. */
  renewed(): void;
  /** The new sign-in failed. */
  failed(error: unknown): void;
}

/**
 * The sign-in of one socket: renewed by its refresh token when four fifths of its life are over, proven every 15 s, and made anew with the
 * keys on the same socket when the server no longer takes it: a new socket would make Deribit cancel where cancel on disconnect is armed.
 */
export class DeribitLogin {
  /** Counts sign-ins: what was begun for one is nothing to the next. */
  private turn = 0;
  private readonly cancels = new Set<() => void>();
  private lapsing = false;

  constructor(private readonly o: LoginOptions) {}

  /** With the keys. @throws RpcError */
  async signIn(): Promise<void> {
    this.forget();
    const { turn } = this;
    const { id, secret } = this.o.keys;
    await this.grant({ grant_type: "client_credentials", client_id: id, client_secret: secret });
    if (turn !== this.turn) return;
    this.lapsing = false;
    this.prove();
  }

  /** The socket is gone, or closed. */
  end(): void {
    this.forget();
    this.lapsing = false;
  }

  private forget(): void {
    this.turn++;
    for (const cancel of this.cancels) cancel();
    this.cancels.clear();
  }

  /** The server said that it does not know us: signs in again. */
  lapse(): void {
    if (this.lapsing) return;
    this.lapsing = true;
    this.o.lapsed();
    const signed = this.signIn();
    const { turn } = this;
    signed.then(
      () => turn === this.turn && this.o.renewed(),
      (error: unknown) => turn === this.turn && this.o.failed(error),
    );
  }

  private async grant(asked: Readonly<Record<string, string>>): Promise<void> {
    const { turn } = this;
    const result = (await this.o.rpc.ask("public/auth", asked)) as {
      readonly expires_in?: unknown;
      readonly refresh_token?: unknown;
    } | null;
    if (turn !== this.turn) return;
    const seconds = typeof result?.expires_in === "number" ? result.expires_in : USUAL_LIFE_S;
    const refresh = result?.refresh_token;
    this.after(seconds * 800, () => {
      if (typeof refresh === "string") void this.refresh(refresh);
      else this.lapse();
    });
  }

  /** A refresh token that is not taken is no reason to doubt the keys. */
  private async refresh(refresh_token: string): Promise<void> {
    const { turn } = this;
    try {
      await this.grant({ grant_type: "refresh_token", refresh_token });
    } catch {
      if (turn === this.turn) this.lapse();
    }
  }

  private prove(): void {
    this.after(this.o.proofMs ?? PROOF_EVERY_MS, () => {
      const { turn } = this;
      this.o.rpc.ask(PROOF).catch((error: unknown) => {
        // Other answers are no word on the sign-in: keys may not be allowed to ask this.
        if (turn === this.turn && error instanceof RpcError && error.code === UNAUTHORISED) this.lapse();
      });
      this.prove();
    });
  }

  private after(ms: number, run: () => void): void {
    const cancel = this.o.clock.after(ms, () => {
      this.cancels.delete(cancel);
      run();
    });
    this.cancels.add(cancel);
  }
}
