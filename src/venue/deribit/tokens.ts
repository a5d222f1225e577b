import { createHmac, randomBytes } from "node:crypto";
import type { VenueContext } from "../context.ts";
import { rpc } from "./errors.ts";
import { numberParam, type Params, textParam } from "./params.ts";

export const EXPIRES_S = 900;
/** How far a signature's time may be off. */
const SIGNATURE_MS = 60_000;

export interface Grant {
  readonly token: string;
  readonly refresh: string;
  untilMs: number;
  readonly scope: string;
}

/** Access tokens: three ways to one, and their end. */
export class Tokens {
  private readonly byToken = new Map<string, Grant>();
  private readonly byRefresh = new Map<string, Grant>();

  constructor(private readonly context: VenueContext) {
    context.faults.onAdded((fault) => {
      if (fault.kind === "tokenExpiry") for (const g of this.byToken.values()) g.untilMs = 0;
    });
  }

  /** @throws RpcError 13004 for wrong credentials. */
  grant(params: Params): Grant {
    const type = textParam(params, "grant_type");
    if (type === "client_credentials") this.checkSecret(params);
    else if (type === "client_signature") this.checkSignature(params);
    else if (type === "refresh_token") this.checkRefresh(params);
    else throw rpc.invalidParams("grant_type", "unsupported");
    const scope = typeof params["scope"] === "string" ? params["scope"] : "connection";
    return this.issue(scope);
  }

  private checkSecret(params: Params): void {
    const id = textParam(params, "client_id");
    const secret = textParam(params, "client_secret");
    const known = this.context.credentials;
    if (known !== null && (id !== known.key || secret !== known.secret)) throw rpc.invalidCredentials();
  }

  private checkSignature(params: Params): void {
    const id = textParam(params, "client_id");
    const timestamp = numberParam(params, "timestamp");
    const nonce = typeof params["nonce"] === "string" ? params["nonce"] : "";
    const data = typeof params["data"] === "string" ? params["data"] : "";
    const given = textParam(params, "signature");
    const { credentials, clock } = this.context;
    if (credentials === null) return;
    const text = `${timestamp}\n${nonce}\n${data}`;
    const right = createHmac("sha256", credentials.secret).update(text).digest("hex");
    const old = Math.abs(clock.wallUs() / 1000 - timestamp) > SIGNATURE_MS;
    if (id !== credentials.key || given !== right || old) throw rpc.invalidCredentials();
  }

  private checkRefresh(params: Params): void {
    const found = this.byRefresh.get(textParam(params, "refresh_token"));
    if (found === undefined) throw rpc.invalidCredentials();
    this.byRefresh.delete(found.refresh);
  }

  private issue(scope: string): Grant {
    const grant: Grant = {
      token: `${Math.floor(this.context.clock.wallUs() / 1000)}.${randomBytes(24).toString("base64url")}`,
      refresh: `${Math.floor(this.context.clock.wallUs() / 1000)}.${randomBytes(24).toString("base64url")}`,
      untilMs: this.context.clock.monotonicMs() + EXPIRES_S * 1000,
      scope: `${scope} mainaccount account:read_write trade:read_write wallet:read`,
    };
    this.byToken.set(grant.token, grant);
    this.byRefresh.set(grant.refresh, grant);
    return grant;
  }

  valid(grant: Grant | null): boolean {
    return grant !== null && grant.untilMs > this.context.clock.monotonicMs();
  }

  find(token: string): Grant | null {
    return this.byToken.get(token) ?? null;
  }

  /** Whether an `Authorization` header lets a private call by HTTP through. */
  header(authorization: string, signed: string): boolean {
    if (authorization.startsWith("Bearer ") || authorization.startsWith("bearer "))
      return this.valid(this.find(authorization.slice(7)));
    const { credentials } = this.context;
    const hmac = /^deri-hmac-sha256 id=([^,]*),ts=(\d+),sig=([0-9a-f]+),nonce=(.*)$/.exec(authorization);
    if (hmac === null) return false;
    if (credentials === null) return true;
    const [, id, ts, sig, nonce] = hmac as unknown as readonly string[];
    const text = `${ts}\n${nonce}\n${signed}`;
    return (
      id === credentials.key && sig === createHmac("sha256", credentials.secret).update(text).digest("hex")
    );
  }
}
