export * from './stream-error.js';
export * from './stream-ingest.port.js';
