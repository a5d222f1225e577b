/** An error of the protocol: what a method throws to be answered with it. */
export class RpcError extends Error {
  constructor(
    readonly code: number,
    message: string,
    readonly data: object | null = null,
  ) {
    super(message);
  }
}

export const rpc = {
  unauthorized: (): RpcError => new RpcError(13009, "unauthorized"),
  invalidCredentials: (): RpcError => new RpcError(13004, "invalid_credentials"),
  methodNotFound: (): RpcError => new RpcError(-32601, "Method not found"),
  invalidParams: (param: string, reason: string): RpcError =>
    new RpcError(-32602, "Invalid params", { param, reason }),
  noInstrument: (): RpcError =>
    new RpcError(13020, "not_found", { param: "instrument_name", reason: "instrument not found" }),
  mustBeWebsocket: (): RpcError => new RpcError(10030, "must_be_websocket_request"),
  tooMany: (): RpcError => new RpcError(10028, "too_many_requests"),
} as const;
