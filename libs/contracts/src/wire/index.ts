export { asyncApiDocument, type AsyncApiInfo, type JsonDocument } from './asyncapi.js';
export { CHANNELS } from './channels.js';
export { EVENTS_CHANNEL } from './events.messages.js';
export { HIGH_SPEED_CHANNEL } from './high-speed.messages.js';
export type { JsonSchema } from './json-schema.js';
export { DIRECT_VIDEO_CHANNEL } from './video.messages.js';
export { VISION_RESULT_EXAMPLE } from './vision-result.example.js';
export { CALLOUT_SCHEMA, VISION_RESULT_SCHEMA } from './vision-result.schema.js';
export type { WireChannel, WireMessage } from './wire-message.js';
