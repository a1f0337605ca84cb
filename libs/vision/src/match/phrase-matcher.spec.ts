import { describe, expect, it } from '@jest/globals';
import { OPENARENA_PHRASES } from './openarena.phrases.js';
import { PhraseMatcher } from './phrase-matcher.js';

const matcher = new PhraseMatcher(OPENARENA_PHRASES);
const kill = (text: string): Record<string, string | undefined> | null => {
  const found = matcher.match('feed', text);
  return found?.says === 'kill' ? { ...found.slots, weapon: found.detail['weapon'] } : null;
};

describe('PhraseMatcher on the sentences of OpenArena', () => {
  const samples = OPENARENA_PHRASES.filter((phrase) => phrase.set === 'feed').map((phrase) => {
    const text = phrase.text
      .replace(/\{(\w+):([^|}#]+)\|[^}]+\}/g, '$2')
      .replace('{victim}', 'Gargoyle')
      .replace('{killer}', 'Major')
      .replace('{player}', 'Skelebot')
      .replace('{text}', 'Someone');
    return { phrase, text };
  });

  it.each(samples.map(({ phrase, text }) => [text, phrase] as const))('understands "%s"', (text, phrase) => {
    const found = matcher.match('feed', text);
    expect(found?.rule).toBe(phrase);
    expect(found?.quality).toBe(1);
    if (phrase.text.includes('{victim}')) expect(found?.slots['victim']).toBe('Gargoyle');
    if (phrase.text.includes('{killer}')) expect(found?.slots['killer']).toBe('Major');
  });

  it.each(samples.filter(({ phrase }) => phrase.says === 'kill').map(({ text }) => text))(
    'understands "%s" without its spaces',
    (text) => {
      expect(kill(text.replace(/ /g, ''))).toEqual(kill(text));
    },
  );

  it.each([
    ['Gargov1e vas in the vrong place.', { victim: 'Gargov1e', weapon: 'trigger_hurt' }],
    ['Beret uas ratled by Sarge', { victim: 'Beret', killer: 'Sarge', weapon: 'railgun' }],
    ["Skelehnt ate Maior's rocket", { victim: 'Skelehnt', killer: 'Maior', weapon: 'rocket_launcher' }],
    ['^1Grunt^7 was pummeled by ^4Dark Lord 7', { victim: 'Grunt', killer: 'Dark Lord 7', weapon: 'gauntlet' }],
  ])('reads through the noise of "%s"', (text, expected) => {
    expect(kill(text)).toEqual(expected);
  });

  it('tells the flag and the player', () => {
    const found = matcher.match('feed', 'Tony captured the BLUE fIag!');
    expect(found).toMatchObject({ says: 'flag_captured', detail: { flag: 'blue' }, slots: { player: 'Tony' } });
  });

  it.each([
    'I tried it twice',
    'nice shot mate',
    'Sarge',
    'melted',
    'USE_ITEM to stop following',
    '.;|~ -_ l1',
    'the rocket ate my homework',
    'was by',
    '',
  ])('makes nothing of "%s"', (text) => {
    expect(matcher.match('feed', text)).toBeNull();
  });

  it('makes nothing of random letters', () => {
    let seed = 7;
    const next = (): number => (seed = (seed * 16_807) % 2_147_483_647);
    const letters = 'abcdefghijklmnopqrstuvwxyz   .';
    for (let n = 0; n < 500; n++) {
      const text = Array.from({ length: 8 + (next() % 40) }, () => letters[next() % letters.length]).join('');
      expect([text, matcher.match('feed', text)]).toEqual([text, null]);
    }
  });

  it('reads place and score off the centre print', () => {
    const found = matcher.match('center', '2nd place with 15');
    expect(found).toMatchObject({ says: 'place', slots: { place: '2', score: '15' } });
  });
});
