import { asyncApiDocument, CHANNELS } from '@jiga/contracts';
import type { JsonDocument } from '@jiga/contracts';

import { API_VERSION } from './openapi.js';

/** The sockets of this server as AsyncAPI 3. `host` is where the reader would connect. */
export const buildAsyncApi = (host: string): JsonDocument => asyncApiDocument(CHANNELS, { version: API_VERSION, host });
