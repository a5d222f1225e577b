/** The floors of the house: an import only ever points down. ARCHITECTURE.md draws them. */
module.exports = {
  forbidden: [
    { name: "no-circles", severity: "error", from: {}, to: { circular: true } },
    {
      name: "engines-are-the-ground",
      severity: "error",
      from: { path: "^engines/" },
      to: {
        pathNot: "^engines/",
        path: "^(bin|screens|src|store|config)/",
      },
    },
    {
      name: "engines-do-no-io",
      severity: "error",
      from: { path: "^engines/" },
      to: { dependencyTypes: ["core"] },
    },
    {
      name: "pure-rooms-use-one-package",
      severity: "error",
      comment: "Exact money by big.js; whatever else a pure room needs, it writes or is handed.",
      from: { path: "^(engines|src/desk)/" },
      to: { path: "node_modules/(?!big\\.js/)" },
    },
    {
      name: "config-is-the-ground",
      severity: "error",
      from: { path: "^config/" },
      to: { path: "^(bin|screens|src|store)/" },
    },
    {
      name: "store-knows-engines-and-config",
      severity: "error",
      from: { path: "^store/" },
      to: { path: "^(bin|screens|src)/" },
    },
    {
      name: "src-below-screens-and-bin",
      severity: "error",
      from: { path: "^src/" },
      to: { path: "^(bin|screens)/" },
    },
    {
      name: "desk-is-pure",
      severity: "error",
      from: { path: "^src/desk/" },
      to: { path: "^(src/(?!desk/)|store/|config/)" },
    },
    {
      name: "desk-does-no-io",
      severity: "error",
      from: { path: "^src/desk/" },
      to: { dependencyTypes: ["core"] },
    },
    {
      name: "screens-know-view-models",
      severity: "error",
      from: { path: "^screens/" },
      to: { path: "^(bin/|store/|config/|src/(?!desk/protocol))" },
    },
    {
      name: "screens-open-nothing",
      severity: "error",
      comment: "A pane shows; sockets, processes, threads and databases are the shell's and the store's.",
      from: { path: "^screens/" },
      to: {
        path: "^(node:)?(net|tls|http|https|http2|dgram|child_process|worker_threads)$|node_modules/(ws|better-sqlite3|@duckdb)/",
      },
    },
    { name: "nothing-imports-bin", severity: "error", from: { pathNot: "^bin/" }, to: { path: "^bin/" } },
    {
      name: "engines-through-their-face",
      severity: "error",
      comment: "Other rooms import an engine by its index.ts only.",
      from: { path: "^(bin|screens|src|store|config)/" },
      to: { path: "^engines/[^/]+/", pathNot: "^engines/[^/]+/index\\.ts$" },
    },
    {
      name: "engines-meet-by-their-face",
      severity: "error",
      from: { path: "^engines/([^/]+)/" },
      to: { path: "^engines/[^/]+/", pathNot: ["^engines/$1/", "^engines/[^/]+/index\\.ts$"] },
    },
  ],
  options: {
    doNotFollow: { path: "node_modules" },
    tsConfig: { fileName: "tsconfig.json" },
    tsPreCompilationDeps: true,
    enhancedResolveOptions: { extensions: [".ts", ".tsx", ".js", ".mjs", ".cjs"] },
  },
};
