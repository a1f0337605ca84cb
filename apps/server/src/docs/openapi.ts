import type { INestApplication } from '@nestjs/common';
import { DocumentBuilder, SwaggerModule, type OpenAPIObject } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';

import { completeDocument } from './complete-document.js';

export const API_VERSION = '1.0.0';

const DESCRIPTION = `JIGA watches a game being played, reads its HUD, follows the match and speaks up when something matters.

Create a session with \`POST /api/v1/jiga/sessions\`, then send frames to its \`stream_direct_video\` WebSocket.
The WebSockets are described in [/asyncapi.json](/asyncapi.json), the error codes in [/errors](/errors).

Times are Unix seconds as floats. Every failure is an RFC 9457 problem document.`;

/** The API as OpenAPI 3.1, made from the controllers. */
export function buildOpenApi(app: INestApplication): OpenAPIObject {
  const config = new DocumentBuilder()
    .setOpenAPIVersion('3.1.0')
    .setTitle('JIGA')
    .setDescription(DESCRIPTION)
    .setVersion(API_VERSION)
    .setLicense('Apache-2.0', 'https://www.apache.org/licenses/LICENSE-2.0')
    .addServer('/', 'The server that this document comes from')
    .addBearerAuth({ type: 'http', scheme: 'bearer', description: 'An API key or a token.' }, 'bearer')
    .addApiKey({ type: 'apiKey', in: 'header', name: 'X-API-Key', description: 'An API key.' }, 'api_key')
    .addTag('Sessions', 'One player, one picture, one match after the other.')
    .addTag('Administration', 'Keys and the trail of what was done, for admin credentials.')
    .addTag('Timeline', 'What happened in a session.')
    .addTag('Settings', 'What may change while a session lives.')
    .addTag('Team messages', 'Between the sessions of a team.')
    .addTag('Catalogue', 'What this server offers.')
    .addTag('Usage', 'What was used, and what it cost.')
    .addTag('Webhooks', 'Events posted to your own server, signed.')
    .addTag('Operations', 'For those who run the server.')
    .build();
  return completeDocument(SwaggerModule.createDocument(app, config));
}

/** Serves the document at /openapi.json and a page to try it at /docs, both from this server alone. */
export function serveDocs(app: INestApplication): void {
  // What the page loads is named relative to /docs. Swagger would serve the page at /docs/ too, without its scripts.
  const adapter = app.getHttpAdapter();
  adapter.get('/docs/', (_request: unknown, reply: FastifyReply) => void reply.redirect('../docs', 308));
  // Made at the first request: a start need not wait for it.
  SwaggerModule.setup('docs', app, () => buildOpenApi(app), {
    jsonDocumentUrl: 'openapi.json',
    raw: ['json'],
    customSiteTitle: 'JIGA API',
    swaggerOptions: { persistAuthorization: true, displayRequestDuration: true },
  });
}
