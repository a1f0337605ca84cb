import { describe, expect, it } from '@jest/globals';
import { Ajv } from 'ajv';

import { EVENTS_CHANNEL } from './events.messages.js';

describe('the description of the events socket', () => {
  it.each(EVENTS_CHANNEL.messages.map((message) => [`${message.from} ${message.type}`, message] as const))(
    'has a strict schema and a fitting example for %s',
    (_name, { schema, example }) => {
      const validate = new Ajv({ strict: true, allowUnionTypes: true, strictTypes: false }).compile(schema);
      validate(example);
      expect(validate.errors ?? []).toEqual([]);
    },
  );
});
