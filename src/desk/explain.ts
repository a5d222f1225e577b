import type { ExplainTarget, Explanation } from "./protocol.ts";
import type { ViewContext } from "./views/context.ts";

export function explain(_context: ViewContext, _target: ExplainTarget): Explanation | null {
  return null;
}
