import { describe, expect, it } from '@jest/globals';

import { PathPattern } from './path-pattern.js';

describe('PathPattern', () => {
  const pattern = new PathPattern('/sessions/:sessionId/stream');

  it('reads the parameters, decoded', () => {
    expect(pattern.match('/sessions/sess_1/stream')).toEqual({ sessionId: 'sess_1' });
    expect(pattern.match('/sessions/a%20b/stream')).toEqual({ sessionId: 'a b' });
  });

  it.each(['/sessions/x', '/sessions/x/stream/', '/sessions//stream', '/other/x/stream', '/sessions/%zz/stream', ''])(
    'does not match %s',
    (path) => expect(pattern.match(path)).toBeNull(),
  );
});
