import type { Pane, PaneSpec } from "../../app/pane.ts";

/** Orders and tickets. The order engine is not in this build: the pane says what is true. */
function create(): Pane {
  return {
    wants: () => [],
    title: ({ status }) => `working ${status?.workingOrders ?? 0}  tickets ${status?.stagedTickets ?? 0}`,
    paint: (canvas, { theme }) => {
      canvas.text(1, 0, "No orders today.", theme.s.text);
      canvas.cut(1, 1, canvas.w - 2, "Order entry is not in this build yet.", theme.s.dim);
    },
    actions: {},
  };
}

export const ordersPane: PaneSpec = {
  id: "orders",
  key: "9",
  name: "Orders + tickets",
  min: { cols: 40, rows: 4 },
  create,
};
