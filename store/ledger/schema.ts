/** Steps of the ledger's shape: additive, and safe to run twice. A step is never changed once released. */
export interface LedgerStep {
  readonly version: number;
  readonly sql: readonly string[];
}

export const LEDGER_STEPS: readonly LedgerStep[] = [
  {
    version: 1,
    sql: [
      // The log is the truth; the tables beside it hold what must be unique.
      `create table if not exists log (
        n integer primary key, scope text not null, kind text not null, ref text, us integer not null, wall_us integer not null,
        body text not null) strict`,
      "create index if not exists log_ref on log (ref) where ref is not null",
      `create table if not exists runs (
        run_id text primary key, scope text not null, intents_hash text not null, us integer not null) strict`,
      `create table if not exists orders (
        client_order_id text primary key, order_id text not null unique, run_id text not null references runs (run_id),
        ordinal integer not null, scope text not null, unique (run_id, ordinal)) strict`,
      `create table if not exists fills (
        scope text not null, execution_id text not null, order_id text not null references orders (order_id),
        primary key (scope, execution_id)) strict, without rowid`,
      "create table if not exists paper_log (n integer primary key, scope text not null, body text not null) strict",
      // What another process asks of the desk that writes here.
      `create table if not exists asks (
        n integer primary key, name text not null, arg text, us integer not null, answer text) strict`,
      `create table if not exists writer (
        what text primary key, owner text not null, pid integer not null, host text not null, since_us integer not null,
        beat_us integer not null) strict, without rowid`,
    ],
  },
];
export const LEDGER_VERSION = LEDGER_STEPS.at(-1)?.version ?? 0;
