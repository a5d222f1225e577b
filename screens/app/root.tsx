import { Box, type DOMElement, Text } from "ink";
import type { LayoutNode } from "./layout.ts";
import { choiceLine, type Overlay, overlaySize } from "./overlay.ts";
import { CARD } from "./tour.ts";

export interface RootProps {
  readonly cols: number;
  readonly rows: number;
  /** Null when the terminal is too small for the desk. */
  readonly tree: LayoutNode | null;
  readonly overlay: Overlay | null;
  /** Whether the card of the first run lies over the panes. */
  readonly card?: boolean;
  /** Size of the explanation that stays on screen. */
  readonly pinned?: { readonly w: number; readonly h: number } | null;
  /** Told of each live box as it comes and goes. */
  readonly live: (id: string, node: DOMElement | null) => void;
}

/** The structure of the screen: empty boxes for painters, and dialogs over them. Nothing here changes with the market. */
export function Root({ cols, rows, tree, overlay, card, pinned, live }: RootProps) {
  if (tree === null) return <Live id="small" live={live} width={cols} height={rows} />;
  return (
    <Box flexDirection="column" width={cols} height={rows}>
      <Live id="status" live={live} height={2} />
      <Box flexGrow={1} flexBasis={0} minHeight={0}>
        <Node node={{ ...tree, size: null }} live={live} />
      </Box>
      <Live id="notice" live={live} height={1} />
      <Live id="hint" live={live} height={1} />
      {card && (
        <Box position="absolute" marginLeft={Math.max(0, cols - CARD.w)} marginTop={rows - 2 - CARD.h}>
          <Live id="card" live={live} width={CARD.w} height={CARD.h} />
        </Box>
      )}
      {pinned && (
        <Box position="absolute" marginLeft={Math.max(0, cols - pinned.w)} marginTop={rows - 2 - pinned.h}>
          <Live id="pinned" live={live} width={pinned.w} height={pinned.h} />
        </Box>
      )}
      {overlay && <Over overlay={overlay} cols={cols} rows={rows} live={live} />}
    </Box>
  );
}

interface LiveProps {
  readonly id: string;
  readonly live: RootProps["live"];
  readonly width?: number;
  readonly height?: number;
  readonly flexGrow?: number;
}

/** An empty box whose cells a painter owns. */
function Live({ id, live, ...box }: LiveProps) {
  return (
    <Box
      key={id}
      ref={(node: DOMElement | null) => {
        live(id, node);
      }}
      flexShrink={0}
      {...box}
    />
  );
}

function Node({ node, live }: { readonly node: LayoutNode; readonly live: RootProps["live"] }) {
  const children =
    node.kind === "pane"
      ? null
      : node.children.map((child, i) => (
          <Sized
            key={child.kind === "pane" ? child.id : `${child.kind}${i}`}
            along={node.kind}
            size={child.size}
          >
            <Node node={child} live={live} />
          </Sized>
        ));
  if (node.kind === "pane") return <Live id={`pane:${node.id}`} live={live} flexGrow={1} />;
  return (
    <Box flexDirection={node.kind} flexGrow={1} flexBasis={0}>
      {children}
    </Box>
  );
}

/** A share of a row or column: so many cells, or what the others leave. */
function Sized(props: {
  readonly along: "row" | "column";
  readonly size: number | null;
  readonly children: React.ReactNode;
}) {
  const { along, size, children } = props;
  if (size === null) {
    return (
      <Box flexGrow={1} flexBasis={0} minWidth={0} minHeight={0}>
        {children}
      </Box>
    );
  }
  return (
    <Box flexShrink={0} {...(along === "row" ? { width: size } : { height: size })}>
      {children}
    </Box>
  );
}

function Over(props: {
  readonly overlay: Overlay;
  readonly cols: number;
  readonly rows: number;
  readonly live: RootProps["live"];
}) {
  const { overlay, cols, rows, live } = props;
  // Never over the status rows, nor the two rows at the bottom.
  const body = Math.max(1, rows - 4);
  const { w, h } = overlaySize(overlay, cols, body);
  const left = overlay.kind === "explain" && cols >= 120 ? cols - w : (cols - w) >> 1;
  const top = overlay.kind === "explain" ? 2 + body - h : 2 + ((body - h) >> 1);
  return (
    <Box
      position="absolute"
      marginLeft={left}
      marginTop={top}
      width={w}
      height={h}
      paddingX={2}
      paddingY={1}
      flexDirection="column"
      ref={(node: DOMElement | null) => {
        live("overlay", node);
      }}
    >
      {overlay.kind === "dialog" && (
        <>
          {overlay.lines.map((line) => (
            <Text key={line} wrap="truncate">
              {line}
            </Text>
          ))}
          <Box flexGrow={1} />
          <Text wrap="truncate">{choiceLine(overlay)}</Text>
        </>
      )}
    </Box>
  );
}
