/** Where the gateway is, and what the account's market data allows. */
export interface IbkrSetup {
  readonly name: string;
  /** Address of the gateway's API, without a slash at its end. */
  readonly url: string;
  /** Market data lines of the account. */
  readonly limit: number;
  /** Most instruments asked for in turn by snapshots. */
  readonly rotated: number;
  /** A future is the front one until so many days before its expiry. */
  readonly rollDays: number;
  /** Folder for the broker's numbers of contracts, which hold for a day. */
  readonly cacheDir: string;
}
