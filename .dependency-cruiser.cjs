/**
 * The layers of docs/architecture.md as a check. `may` names, for each lib, the other libs that it is allowed to import.
 * Features (video, vision, audio, twitch, …) never import each other: they meet at the session's channels and on the event bus.
 */
const may = {
  contracts: [],
  media: ['contracts'],
  platform: ['contracts', 'media'],
  sessions: ['contracts', 'media', 'platform'],
  timeline: ['contracts', 'media', 'platform', 'sessions'],
  providers: ['contracts', 'media', 'platform'],
  usage: ['contracts', 'media', 'platform', 'sessions'],
  webhooks: ['contracts', 'media', 'platform', 'sessions'],
  video: ['contracts', 'media', 'platform', 'sessions', 'providers'],
  vision: ['contracts', 'media', 'platform', 'sessions', 'providers'],
  streams: ['contracts', 'media', 'platform', 'sessions'],
  twitch: ['contracts', 'media', 'platform', 'sessions', 'streams'],
  youtube: ['contracts', 'media', 'platform', 'sessions', 'streams'],
  url: ['contracts', 'media', 'platform', 'sessions', 'streams'],
  audio: ['contracts', 'media', 'platform', 'sessions', 'providers'],
  client: ['contracts'],
};

module.exports = {
  forbidden: [
    ...Object.entries(may).map(([lib, allowed]) => ({
      name: `layer-${lib}`,
      comment: `libs/${lib} may only import ${allowed.join(', ') || 'nothing of ours'}`,
      severity: 'error',
      from: { path: `^libs/${lib}/`, pathNot: '\\.spec\\.ts$' },
      to: { path: '^(libs|apps|test)/', pathNot: `^libs/(${[lib, ...allowed].join('|')})/` },
    })),
    {
      name: 'client-needs-nothing',
      comment: 'the client is a package of its own: it may import only types from elsewhere',
      severity: 'error',
      from: { path: '^libs/client/', pathNot: '\\.spec\\.ts$' },
      to: { pathNot: '^libs/client/', dependencyTypesNot: ['type-only'] },
    },
    {
      name: 'no-circular',
      comment: 'In ESM an import cycle between decorated classes crashes at load',
      severity: 'error',
      from: {},
      to: { circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } },
    },
    {
      name: 'public-entry-only',
      comment: 'A lib is entered by its index.ts only',
      severity: 'error',
      from: { path: '^(apps|libs)/([^/]+)/' },
      to: { path: '^libs/([^/]+)/src/(?!index\\.ts$)', pathNot: '^$1/$2/' },
    },
    {
      name: 'not-own-barrel',
      comment: 'A lib never imports its own index.ts: that is how cycles arise',
      severity: 'error',
      from: { path: '^libs/([^/]+)/src/', pathNot: '\\.spec\\.ts$' },
      to: { path: '^libs/$1/src/index\\.ts$' },
    },
    {
      name: 'testing-only-in-tests',
      comment: 'libs/testing is for specs and test/',
      severity: 'error',
      from: { path: '^(apps|libs)/', pathNot: '(\\.spec\\.ts$|^libs/testing/)' },
      to: { path: '^libs/testing/' },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: { exportsFields: ['exports'], conditionNames: ['import', 'types', 'default'] },
  },
};
