import type { FastifyInstance } from 'fastify';

/** What a route that takes pictures accepts beside JSON; the picture itself is recognised by its content. */
export const PICTURE_TYPES = ['image/jpeg', 'image/png', 'image/webp'] as const;

/** Room around a base64 picture for the other fields of its JSON. */
const ENVELOPE_BYTES = 4096;

/**
 * Lets `POST …/frames` take pictures, up to the size of a frame in base64. Must come before the routes. A picture sent
 * to any other route is refused where its body is read.
 */
export function acceptPictures(fastify: FastifyInstance, frameMaxBytes: number): void {
  fastify.addContentTypeParser([...PICTURE_TYPES], { parseAs: 'buffer' }, (_request, body, done) => done(null, body));
  fastify.addHook('onRoute', (route) => {
    if (route.method === 'POST' && route.url.endsWith('/frames')) {
      route.bodyLimit = Math.ceil(frameMaxBytes / 3) * 4 + ENVELOPE_BYTES;
    }
  });
}
