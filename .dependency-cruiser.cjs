// The import directions of the house. Rooms lie in layers; a room imports only from those below it, and
// siblings do not import each other. See docs/architecture.md.

const TESTS = ['\\.spec\\.ts$', '\\.fixture\\.ts$'];

const LAYERS = [
  ['kernel'],
  ['config'],
  ['workers'],
  ['logging', 'database', 'redis', 'egress'],
  ['settings'],
  ['keys', 'upstreams', 'routes', 'access', 'stats'],
  ['proxy'],
  ['llm'],
];

/** Rooms whose insides the rooms of a layer must not see: everything above, and their siblings. */
function forbiddenFor(room, layer) {
  const above = LAYERS.slice(layer + 1).flat();
  // logging is the one room of its layer that the others may use; it uses none of them.
  const siblings = LAYERS[layer].filter((other) => other !== room && other !== 'logging');
  return [...above, ...siblings];
}

const layerRules = LAYERS.flatMap((rooms, layer) =>
  rooms.map((room) => ({
    name: `${room}-looks-down`,
    comment: `${room} imports only from the rooms below it`,
    severity: 'error',
    from: { path: `^src/${room}/`, pathNot: TESTS },
    to: { path: `^src/((${forbiddenFor(room, layer).join('|')})/|[^/]+\\.ts$)` },
  })),
);

/** Files that every call passes through. */
const HOT = [
  '^src/data-plane\\.ts$',
  '^src/proxy/[a-z-]+entry\\.ts$',
  '^src/proxy/(admission|reception|forwarder|attempts|sender|exchange|relay|answer)\\.ts$',
  '^src/llm/(llm-entry|llm-path|llm-request|planner|targets|passed-target|reply-rules)\\.ts$',
  '^src/keys/pool/',
  '^src/keys/key-ring\\.ts$',
  '^src/access/(gate|token-table|token-admission|token-limiter|presented|client-ip)\\.ts$',
  '^src/upstreams/(upstream|upstream-table|breaker|retry-budget|upstream-path)\\.ts$',
  '^src/routes/(route|route-table|weighted-turns)\\.ts$',
  '^src/stats/(recorder|call-log|prices)\\.ts$',
  '^src/settings/settings\\.ts$',
  '^src/egress/egress\\.ts$',
];

module.exports = {
  forbidden: [
    ...layerRules,
    {
      name: 'no-circles',
      severity: 'error',
      from: { pathNot: TESTS },
      to: { circular: true },
    },
    {
      name: 'hot-path-stays-light',
      comment: 'no database, control plane, Swagger, validation or file system on the way of a call',
      severity: 'error',
      from: { path: HOT, pathNot: TESTS },
      to: {
        path: [
          '^(node:)?fs$',
          '^(node:)?fs/promises$',
          'node_modules/(typeorm|class-validator|class-transformer)/',
          'node_modules/@nestjs/(swagger|typeorm)/',
          '^src/(database|admin)/',
          '^src/[^/]+/admin/',
        ],
        reachable: true,
      },
    },
    {
      name: 'adapters-stand-alone',
      comment: 'no adapter imports another',
      severity: 'error',
      from: { path: '^src/llm/adapters/([^/]+)/' },
      to: { path: '^src/llm/adapters/([^/]+)/', pathNot: '^src/llm/adapters/$1/' },
    },
    {
      name: 'admin-behind-its-module',
      comment: "a feature's admin/ is imported by its own module file only",
      severity: 'error',
      from: {
        path: '^src/',
        pathNot: ['^src/admin/', '^src/[^/]+/admin/', '\\.module\\.ts$', '\\.spec\\.ts$', '\\.fixture\\.ts$'],
      },
      to: { path: '^src/[^/]+/admin/' },
    },
    {
      name: 'environment-is-read-in-config',
      severity: 'error',
      from: { path: '^src/(?!config/|main\\.ts$|rotate-master-key\\.ts$|write-)' },
      to: { path: '^(node:)?process$' },
    },
    {
      name: 'kernel-imports-nothing',
      severity: 'error',
      from: { path: '^src/kernel/', pathNot: TESTS },
      to: { pathNot: '^src/kernel/|^(node:)?(util|crypto)$' },
    },
    {
      name: 'no-dev-packages-in-production',
      severity: 'error',
      from: { path: '^(src|migrations)/', pathNot: TESTS },
      to: { dependencyTypes: ['npm-dev'], dependencyTypesNot: ['type-only'] },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsConfig: { fileName: 'tsconfig.json' },
    tsPreCompilationDeps: true,
    enhancedResolveOptions: {
      conditionNames: ['keywheel-source', 'import', 'node', 'default'],
      exportsFields: ['exports'],
    },
  },
};
