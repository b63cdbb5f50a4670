// The floors of docs/architecture.md: an import only ever points down.

/** Paths of the public rooms, as regular expressions from the root. */
const OWN = '^(app|worker|durable-objects|core|cli|local|tests|e2e|bench)/'
const TEST = '\\.test\\.tsx?$'

/** @type {(name: string, comment: string, from: object, to: object) => object} */
const forbid = (name, comment, from, to) => ({ name, comment, severity: 'error', from: { pathNot: TEST, ...from }, to })

/** @type {import('dependency-cruiser').IConfiguration} */
module.exports = {
  forbidden: [
    forbid('no-circles', 'Two files that need each other are one file, or lack a third.', {}, { circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } }),
    forbid('resolvable', 'An import that leads nowhere fails at run time.', {}, { couldNotResolve: true, pathNot: '^(cloudflare:|virtual:|.*build/server/index\\.js$)' }),
    forbid('core-is-pure', 'core imports core, zod and the XML reader, which is as pure.', { path: '^core/' }, { pathNot: ['^core/', '^node_modules/(zod|saxes)/'] }),
    forbid('data-stays-on-its-floor', 'Postgres code knows core and itself.', { path: '^worker/data/' }, { path: OWN, pathNot: ['^worker/data/', '^core/'] }),
    forbid('connectors-stay-on-their-floor', 'Connectors make no queries and reach no object.', { path: '^worker/connectors/' }, { path: OWN, pathNot: ['^worker/connectors/', '^core/'] }),
    forbid('objects-stay-on-their-floor', 'Objects reach neither Postgres nor platforms.', { path: '^durable-objects/' }, { path: OWN, pathNot: ['^durable-objects/', '^core/', '^worker/ports\\.ts$'] }),
    forbid('ports-are-low', 'ports.ts names what operations may reach, and nothing of those who build it.', { path: '^worker/ports\\.ts$' }, { path: OWN, pathNot: ['^core/', '^worker/data/tenant\\.ts$'] }),
    forbid('operations-look-down', 'Operations know ports, data, connectors and core; objects only through ports.', { path: '^worker/operations/' }, { path: OWN, pathNot: ['^worker/operations/', '^worker/data/', '^worker/connectors/', '^worker/ports\\.ts$', '^core/'] }),
    forbid('faces-call-operations', 'API, webhooks and jobs parse, call an operation and answer: no queries of their own.', { path: '^worker/(api|webhooks|jobs)/' }, { path: ['^worker/data/', '^app/', '^local/', '^cli/'], pathNot: '^worker/data/tenant\\.ts$' }),
    forbid('faces-are-apart', 'API, webhooks and jobs do not call each other; the mapping of errors is shared.', { path: '^worker/(api|webhooks|jobs)/' }, { path: '^worker/(api|webhooks|jobs)/', pathNot: ['^worker/$1/', '^worker/api/problem\\.ts$'] }),
    forbid('pages-look-down', 'Pages know app and core; a route\'s loader and action call operations (the build keeps them out of the browser), components name only their types.', { path: '^app/', pathNot: ['\\.server\\.tsx?$', '^app/routes/', TEST] }, { path: OWN, pathNot: ['^app/', '^core/'], dependencyTypesNot: ['type-only'] }),
    forbid('pages-know-types-of-operations', 'A page may name an operation\'s types, and nothing else of the server.', { path: '^app/', pathNot: ['\\.server\\.tsx?$', TEST] }, { path: OWN, pathNot: ['^app/', '^core/', '^worker/operations/'] }),
    forbid('one-door', 'The door from pages to operations has no queries and no wiring but the context; the mapping of errors is shared.', { path: '^app/.*\\.server\\.tsx?$' }, { path: ['^worker/(data|api|webhooks|jobs|connectors)/', '^durable-objects/', '^local/'], pathNot: ['^worker/data/tenant\\.ts$', '^worker/api/problem\\.ts$'] }),
    forbid('production-knows-no-workshop', 'What is deployed imports nothing of the local stack, tests or commands.', { path: '^(app|worker|durable-objects|core)/' }, { path: '^(local|cli|tests|e2e|bench)/' }),
    forbid('no-development-packages', 'What is deployed uses dependencies, not devDependencies.', { path: '^(app|worker|durable-objects|core)/' }, { dependencyTypes: ['npm-dev'], dependencyTypesNot: ['type-only'] }),
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '^(build|dist|\\.local)/' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    builtInModules: { add: ['cloudflare:workers', 'cloudflare:email', 'cloudflare:sockets', 'cloudflare:test'] },
    enhancedResolveOptions: { exportsFields: ['exports'], conditionNames: ['workerd', 'import', 'types', 'default'], extensions: ['.ts', '.tsx', '.d.ts', '.js', '.mjs', '.json'] },
  },
}
