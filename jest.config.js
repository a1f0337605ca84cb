/**
 * Jest runs the TypeScript sources as ES modules through swc; worker threads and child processes run the build in dist/.
 * Each suite loads all its modules anew: most of what is set here keeps these few.
 */

import { availableParallelism } from 'node:os';

// ONNX Runtime would report its use to its vendor. Test processes inherit this; see forbidVendorTelemetry in libs/platform.
process.env.ORT_DISABLE_TELEMETRY = '1';

const transform = {
  '^.+\\.ts$': [
    '<rootDir>/scripts/jest-transform.mjs',
    {
      jsc: {
        parser: { syntax: 'typescript', decorators: true },
        transform: { legacyDecorator: true, decoratorMetadata: true },
        target: 'es2023',
        keepClassNames: true,
      },
      module: { type: 'es6' },
      sourceMaps: 'inline',
    },
  ],
  '/node_modules/@nestjs/swagger/.+\\.js$': ['<rootDir>/scripts/jest-transform.mjs', { packages: true }],
};

export default {
  testEnvironment: 'node',
  extensionsToTreatAsEsm: ['.ts'],
  transform,
  transformIgnorePatterns: ['/node_modules/(?!@nestjs/swagger/)'],
  moduleNameMapper: {
    '^@jiga/([^/]+)$': '<rootDir>/libs/$1/src/index.ts',
    '^(\\.{1,2}/.*)\\.js$': '$1',
    // Packages that have all their files in one as well.
    '^rxjs(/operators)?$': '<rootDir>/node_modules/rxjs/dist/bundles/rxjs.umd.js',
    '^class-validator$': '<rootDir>/node_modules/class-validator/bundles/class-validator.umd.js',
  },
  roots: ['<rootDir>/apps', '<rootDir>/libs', '<rootDir>/test'],
  testMatch: ['**/*.spec.ts', '**/*.e2e-spec.ts'],
  testPathIgnorePatterns: ['/node_modules/', '/dist/', '<rootDir>/test/services/'],
  // Half again as many as cores: tests also wait, for servers, children and sockets. (Of `150%` Jest makes 150 workers.)
  maxWorkers: Math.ceil(availableParallelism() * 1.5),
  // Node keeps what was loaded as an ES module until its process ends: without an end, a worker would come to gigabytes.
  workerIdleMemoryLimit: '512MB',
  // And it takes a millisecond or two for each megabyte of that to end, which is no sign of a test that left something open.
  workerGracefulExitTimeout: 10_000,
  testTimeout: 20_000,
};
