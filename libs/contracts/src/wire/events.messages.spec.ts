import { createRequire } from 'node:module';

import { describe, expect, it } from '@jest/globals';
import { Ajv } from 'ajv';

import { asyncApiDocument } from './asyncapi.js';
import { EVENTS_CHANNEL } from './events.messages.js';

const asyncApiSchema = createRequire(import.meta.url)('@asyncapi/specs/schemas/3.0.0-without-$id.json') as object;

describe('the description of the events socket', () => {
  it('is a valid AsyncAPI 3 document', () => {
    const document = asyncApiDocument([EVENTS_CHANNEL], { version: '1.0.0', host: '127.0.0.1:3000' });
    const validate = new Ajv({ strict: false, validateFormats: false, allErrors: true }).compile(asyncApiSchema);
    validate(document);
    expect(validate.errors ?? []).toEqual([]);
  });

  it.each(EVENTS_CHANNEL.messages.map((message) => [`${message.from} ${message.type}`, message] as const))(
    'has a strict schema and a fitting example for %s',
    (_name, { schema, example }) => {
      const validate = new Ajv({ strict: true, allowUnionTypes: true, strictTypes: false }).compile(schema);
      validate(example);
      expect(validate.errors ?? []).toEqual([]);
    },
  );
});
