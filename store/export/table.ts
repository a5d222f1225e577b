export type Cell = string | number | boolean | null;
/** Rows under named and typed columns; null is unknown. */
export interface Table {
  readonly columns: readonly {
    readonly name: string;
    readonly type: "text" | "number" | "integer" | "boolean";
  }[];
  readonly rows: readonly (readonly Cell[])[];
}
