export * from './clock.js';
export * from './errors.js';
export * from './events/index.js';
export * from './frame.js';
export * from './ids.js';
export * from './session.js';
export * from './vision.js';
export * from './wire/index.js';
