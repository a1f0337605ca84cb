export * from './deferred.js';
export * from './fake-analyzer.js';
export * from './pictures.js';
export * from './socket-client.js';
export * from './temp-dir.js';
export * from './test-database.js';
export * from './virtual-clock.js';
export * from './webhook-receiver.js';
