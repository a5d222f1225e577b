import type { PaneId } from "../keys/keymap.ts";
import { openCommandLine } from "./command-line.ts";
import type { Followed } from "./followed.ts";
import { askToCancelAll } from "./order-dialogs.ts";
import type { OrderHost, PaneHost } from "./pane.ts";
import type { ScreenFace } from "./screen-face.ts";

/** What one pane may ask of the screen. */
export function paneHost(screen: ScreenFace, id: PaneId, followed: Followed, touch: () => void): PaneHost {
  return {
    desk: screen.desk,
    theme: () => screen.theme,
    status: () => screen.status,
    rewant: () => screen.panes.resubscribe(id),
    touch,
    notify: (text, level) => screen.notify(text, level),
    command: (command) => screen.send(command),
    focus: () => followed.of(id),
    setFocus: (slot, underlying) => followed.point(id, slot, underlying),
    prompt: (options) => screen.openPrompt(options),
    openPane: (pane) => screen.focusPane(pane),
    stage: (draft) => screen.orders.stage(draft, "staging"),
    orders: orderHost(screen),
    keyOf: (action) => screen.orders.keys.labelOf(action),
    commandLine: (text) => openCommandLine(screen, text),
    kept: (name) => screen.store.kept(name),
    keep: (name, value) => screen.store.keep(name, value),
  };
}

function orderHost(screen: ScreenFace): OrderHost {
  const { orders } = screen;
  return {
    ticket: orders.ticket,
    preview: (tickets) => void orders.preview(tickets, null),
    showPreview: (preview, tickets) => orders.showPreview(preview, tickets, null),
    story: orders.story,
    askToCancelAll: () => askToCancelAll(screen),
    unread: (stamp) => orders.unread(stamp, "orders.send"),
    again: (key) => orders.again(key),
    confirmed: (order) => orders.confirmed(order, screen.now()),
  };
}
