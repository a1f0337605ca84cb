import { describe, expect, it } from '@jest/globals';

import { wantsStream } from './accept.js';

describe('a client of the timeline', () => {
  it.each([
    'text/event-stream',
    'Text/Event-Stream; charset=utf-8',
    'text/event-stream, */*',
    'text/event-stream, application/json',
    'application/json;q=0.5, text/event-stream;q=0.9',
  ])('that accepts %s gets the live feed', (accept) => expect(wantsStream(accept)).toBe(true));

  it.each([
    undefined,
    '',
    '*/*',
    'text/*',
    'application/json',
    'text/event-stream;q=0',
    'text/event-stream; q=0, application/json',
    'application/json, text/event-stream;q=0.1',
  ])('that accepts %s gets a page', (accept) => expect(wantsStream(accept)).toBe(false));
});
