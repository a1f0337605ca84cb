/** Jest runs the TypeScript sources as ES modules through swc; worker threads and child processes run the build in dist/. */

// ONNX Runtime would report its use to its vendor. Test processes inherit this; see forbidVendorTelemetry in libs/platform.
process.env.ORT_DISABLE_TELEMETRY = '1';

const transform = {
  '^.+\\.ts$': [
    '@swc/jest',
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
};

export default {
  testEnvironment: 'node',
  extensionsToTreatAsEsm: ['.ts'],
  transform,
  moduleNameMapper: {
    '^@jiga/([^/]+)$': '<rootDir>/libs/$1/src/index.ts',
    '^(\\.{1,2}/.*)\\.js$': '$1',
  },
  roots: ['<rootDir>/apps', '<rootDir>/libs', '<rootDir>/test'],
  testMatch: ['**/*.spec.ts', '**/*.e2e-spec.ts'],
  testPathIgnorePatterns: ['/node_modules/', '/dist/', '<rootDir>/test/services/'],
  // One worker a core: left alone, Jest keeps one core for itself, and two cores then run the tests one after the other.
  maxWorkers: '100%',
  testTimeout: 20_000,
};
