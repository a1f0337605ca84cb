import type { FastifyInstance } from 'fastify';

/** What a route that takes sound accepts beside JSON; the sound itself is recognised by its content. */
export const AUDIO_TYPES = ['audio/wav', 'audio/mpeg', 'audio/ogg', 'audio/webm'] as const;
/** Other names of the same. */
const ALIASES = ['audio/x-wav', 'audio/wave', 'audio/vnd.wave', 'audio/mp3', 'audio/opus'];

/** Room around base64 in JSON for the other fields. */
const ENVELOPE_BYTES = 4096;
const base64Bytes = (bytes: number): number => Math.ceil(bytes / 3) * 4;

/**
 * Lets `POST …/audio/process…` take sound, and JSON with sound and a picture in base64. Must come before the routes. Sound
 * sent to any other route is refused where its body is read.
 */
export function acceptSound(fastify: FastifyInstance, audioMaxBytes: number, frameMaxBytes: number): void {
  const types = [...AUDIO_TYPES, ...ALIASES];
  fastify.addContentTypeParser(types, { parseAs: 'buffer' }, (_request, body, done) => done(null, body));
  fastify.addHook('onRoute', (route) => {
    if (route.method === 'POST' && route.url.includes('/audio/process')) {
      route.bodyLimit = base64Bytes(audioMaxBytes) + base64Bytes(frameMaxBytes) + ENVELOPE_BYTES;
    }
  });
}
