import { createRequire } from 'node:module';

import { describe, expect, it } from '@jest/globals';
import { Ajv } from 'ajv';

import { asyncApiDocument } from './asyncapi.js';
import { CHANNELS } from './channels.js';
import { DIRECT_VIDEO_CHANNEL } from './video.messages.js';

const asyncApiSchema = createRequire(import.meta.url)('@asyncapi/specs/schemas/3.0.0-without-$id.json') as object;
const document = asyncApiDocument(CHANNELS, { version: '1.0.0', host: '127.0.0.1:3000' });

describe('the socket descriptions', () => {
  it('are a valid AsyncAPI 3 document', () => {
    // The schema is large: built in and made short, its code would take seconds to make, and is used once.
    const quick = { inlineRefs: false, code: { optimize: false } };
    const ajv = new Ajv({ strict: false, validateFormats: false, allErrors: true, ...quick });
    const validate = ajv.compile(asyncApiSchema);
    validate(document);
    expect(validate.errors ?? []).toEqual([]);
  });

  it('resolve every reference', () => {
    const refs = [...JSON.stringify(document).matchAll(/"\$ref":"#\/([^"]+)"/g)].map(([, path]) => path ?? '');
    expect(refs.length).toBeGreaterThan(20);
    for (const ref of refs) {
      const target = ref.split('/').reduce<unknown>((at, key) => (at as Record<string, unknown>)?.[key], document);
      expect([ref, typeof target]).toEqual([ref, 'object']);
    }
  });

  it('are strict JSON Schemas, with examples that they accept', () => {
    const ajv = new Ajv({ strict: true, allowUnionTypes: true, strictTypes: false });
    for (const message of DIRECT_VIDEO_CHANNEL.messages) {
      const validate = ajv.compile(message.schema);
      validate(message.example);
      expect([message.type, validate.errors ?? []]).toEqual([message.type, []]);
    }
  });
});
