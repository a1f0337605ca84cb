export { createAudioEngines, type AudioEnginesOptions } from './engines/create-audio-engines.js';
export * from './ports/audio-engines.js';
export * from './ports/codec.port.js';
export * from './ports/engine.port.js';
export * from './ports/front-end.port.js';
export * from './ports/pcm.js';
export * from './ports/recognition.port.js';
export * from './ports/speech.port.js';
