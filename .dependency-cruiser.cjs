// The import rules of the architecture (CONTRIBUTING.md). `test/unit/boundaries.test.ts` proves with a failing example that each one bites.

/** Areas of the engine, lowest first: an area imports only lower ones, through their index.ts. */
const areas = [
  'lib',
  'store',
  'events',
  'workspace',
  'files',
  'contacts',
  'mailboxes',
  'webhooks',
  'assist',
  'sequences',
  'composing',
  'scheduling',
  'delivery',
  'campaigns',
  'inbox',
  'analytics',
  'practice',
  'rpc',
];
/** Below the areas: these folders may be imported by file. */
const ground = ['lib', 'store', 'events'];

const engine = '^electron/engine/';
const folderOf = (names) => `${engine}(${names.join('|')})/`;

const upward = areas.slice(0, -1).map((area, position) => ({
  name: `engine-order-${area}`,
  comment: `${area} imports nothing above it (${areas.slice(position + 1).join(', ')}).`,
  severity: 'error',
  from: { path: folderOf([area]) },
  to: { path: folderOf(areas.slice(position + 1)) },
}));

module.exports = {
  forbidden: [
    {
      name: 'no-circular',
      comment: 'Modules do not import each other in a circle.',
      severity: 'error',
      from: {},
      to: { circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } },
    },
    {
      name: 'no-orphans',
      comment: 'A file that nobody imports is dead.',
      severity: 'error',
      from: { orphan: true, pathNot: ['\\.d\\.ts$', '(^|/)(main|preload|import-worker|[a-z-]+-worker)\\.tsx?$'] },
      to: {},
    },
    { name: 'not-resolvable', comment: 'Every import leads somewhere.', severity: 'error', from: {}, to: { couldNotResolve: true } },
    {
      name: 'no-dev-dependency',
      comment: 'What ships at run time stands in dependencies; the renderer is bundled.',
      severity: 'error',
      from: { path: '^(electron|shared)/' },
      to: { dependencyTypes: ['npm-dev'], dependencyTypesNot: ['type-only'], pathNot: 'node_modules/electron/' },
    },

    {
      name: 'shared-is-pure',
      comment: 'shared runs on both sides: it imports neither Node, nor electron/, nor renderer/.',
      severity: 'error',
      from: { path: '^shared/' },
      to: { path: '^(electron|renderer|scripts|test)/' },
    },
    { name: 'shared-no-node', comment: 'shared uses no module of Node.', severity: 'error', from: { path: '^shared/' }, to: { dependencyTypes: ['core'] } },
    {
      name: 'shared-packages',
      comment: 'shared uses zod and the contract library only.',
      severity: 'error',
      from: { path: '^shared/' },
      to: { path: 'node_modules/', pathNot: 'node_modules/(zod|@orpc/contract|temporal-polyfill)/' },
    },

    {
      name: 'renderer-only-shared',
      comment: 'The renderer reaches the engine through the contract only.',
      severity: 'error',
      from: { path: '^renderer/' },
      to: { path: '^(electron|scripts|test)/' },
    },
    { name: 'renderer-no-node', comment: 'The renderer runs in a browser.', severity: 'error', from: { path: '^renderer/' }, to: { dependencyTypes: ['core'] } },
    {
      name: 'renderer-no-server-packages',
      comment: 'Packages of the engine stay out of the browser.',
      severity: 'error',
      from: { path: '^renderer/' },
      to: { path: 'node_modules/(electron|better-sqlite3|drizzle-orm|fastify|nodemailer|imapflow|@orpc/server|pino|ws)/' },
    },

    {
      name: 'electron-only-in-shell',
      comment: 'Only the shell imports electron.',
      severity: 'error',
      from: { path: '^(electron/(engine|server|headless)|shared|renderer)/' },
      to: { path: 'node_modules/electron/' },
    },
    { name: 'preload-is-alone', comment: 'The preload script is one file.', severity: 'error', from: { path: '^electron/preload/' }, to: { path: '^(electron|shared|renderer)/' } },
    {
      name: 'engine-below-hosts',
      comment: 'The engine knows neither its transports nor its hosts.',
      severity: 'error',
      from: { path: engine },
      to: { path: '^electron/(main|preload|headless|server)/|^renderer/' },
    },
    {
      name: 'server-through-rpc',
      comment: 'The server carries engine/rpc and knows nothing else of the engine.',
      severity: 'error',
      from: { path: '^electron/server/' },
      to: { path: `${engine}|^electron/(main|preload|headless)/|^renderer/`, pathNot: `${engine}rpc/` },
    },
    {
      name: 'hosts-through-the-door',
      comment: 'Hosts use the engine through engine/host, and its ports.',
      severity: 'error',
      from: { path: '^electron/(main|headless)/' },
      to: { path: engine, pathNot: `${engine}(host/index|engine|ports)\\.ts$` },
    },
    {
      name: 'hosts-through-server-index',
      comment: 'Hosts use the server through its index.ts.',
      severity: 'error',
      from: { path: '^electron/(main|headless)/' },
      to: { path: '^electron/server/', pathNot: '^electron/server/index\\.ts$' },
    },
    {
      name: 'headless-without-shell',
      comment: 'The headless host knows nothing of the shell.',
      severity: 'error',
      from: { path: '^electron/headless/' },
      to: { path: '^electron/(main|preload)/|^renderer/' },
    },
    {
      name: 'shell-without-headless',
      comment: 'The shell knows nothing of the headless host.',
      severity: 'error',
      from: { path: '^electron/main/' },
      to: { path: '^electron/(headless|preload)/|^renderer/' },
    },

    ...upward,
    {
      name: 'areas-through-index',
      comment: 'Another area is reached through its index.ts only.',
      severity: 'error',
      from: { path: `${engine}([^/]+)/` },
      to: { path: `${engine}([^/]+)/`, pathNot: [`${engine}$1/`, `${engine}(${ground.join('|')})/`, `${engine}[^/]+/index\\.ts$`] },
    },
    {
      name: 'areas-below-engine',
      comment: 'Only hosts compose the engine.',
      severity: 'error',
      from: { path: `${engine}[^/]+/`, pathNot: `${engine}host/` },
      to: { path: `${engine}(engine\\.ts|host/)` },
    },
    { name: 'rpc-without-store', comment: 'Routers call services; they do not query.', severity: 'error', from: { path: `${engine}rpc/` }, to: { path: `${engine}store/` } },
    {
      name: 'feature-order',
      comment: 'A feature of the renderer does not import another one.',
      severity: 'error',
      from: { path: '^renderer/features/([^/]+)/' },
      to: { path: '^renderer/features/', pathNot: '^renderer/features/$1/' },
    },
    {
      name: 'tests-stay-outside',
      comment: 'The product does not import tests or scripts.',
      severity: 'error',
      from: { path: '^(electron|renderer|shared)/' },
      to: { path: '^(test|scripts)/' },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsPreCompilationDeps: 'specify',
    tsConfig: { fileName: 'tsconfig.base.json' },
    enhancedResolveOptions: { exportsFields: ['exports'], conditionNames: ['import', 'node', 'default', 'types'], extensions: ['.ts', '.tsx', '.mjs', '.js', '.json', '.css'] },
    exclude: { path: '^(out|dist|coverage)/' },
  },
};
