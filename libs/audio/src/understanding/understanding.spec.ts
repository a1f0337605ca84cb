import { describe, expect, it } from '@jest/globals';

import type { WordGraph } from '../ports/recognition.port.js';
import { Understanding } from './understanding.js';

const vocabulary = {
  game: { places: ['red base', 'the platform'], weapons: ['railgun', 'rocket launcher'] },
  players: ['Sarge', 'Skelebot'],
};
const english = new Understanding('en', vocabulary);
const french = new Understanding('fr', vocabulary);

const meaning = (text: string, language = english): string | null => {
  const found = language.understand(text);
  if (!found) return null;
  if (found.kind === 'question') return found.topic;
  return found.kind === 'control' ? found.action : found.text;
};

/** Whether a recogniser may hear these words. */
function allows({ start, ends, arcs }: WordGraph, text: string): boolean {
  let states = [start];
  for (const word of text.split(' ')) {
    states = arcs.flatMap(([from, to, said]) => (said === word && states.includes(from) ? [to] : []));
  }
  return states.some((state) => ends.includes(state));
}

describe('understanding English', () => {
  it.each([
    ["what's the score", 'score'],
    ['What is the score?', 'score'],
    ['hey jiga could you tell me the score please', 'score'],
    ['how long left', 'time_left'],
    ['where am I?', 'location'],
    ['who killed me', 'killed_by'],
    ['how am i doing', 'performance'],
    ['what should i do now', 'advice'],
    ['how much ammo do i have left', 'ammo'],
    ['what did i miss', 'last_event'],
    ['mute', 'mute'],
    ['unmute', 'unmute'],
    ['only urgent', 'only_urgent'],
    ['say that again', 'repeat'],
    ['Stop talking!', 'stop'],
    ['slow down please', 'slower'],
    ['louder', 'louder'],
    ['volume down', 'quieter'],
  ])('takes "%s" as %s', (text, expected) => expect(meaning(text)).toBe(expected));

  it.each([
    ['enemy at a site', 'Enemy at a site'],
    ['two enemies at red base', 'Two enemies at red base'],
    ['2 enemies in the middle', 'Two enemies in the middle'],
    ['need backup mid', 'Need backup mid'],
    ['rush b', 'Rush b'],
    ["i'm low on health", 'I am low on health'],
    ['sarge is at the platform', 'Sarge is at the platform'],
    ['they have a railgun', 'They have a railgun'],
    ['Tell my team that I will be back in Five minutes', 'I will be back in Five minutes'],
  ])('makes of "%s" a message to the team', (text, expected) => {
    expect(english.understand(text)).toMatchObject({ kind: 'team', text: expected });
  });

  it('gives the values of the slots and how urgent an order is', () => {
    expect(english.understand('need backup at red base')).toMatchObject({
      kind: 'team',
      order: 'backup',
      priority: 'urgent',
      slots: { place: 'red base' },
      coverage: 1,
    });
  });

  it.each([
    '',
    '   ',
    '?!',
    'the weather is nice in paris today',
    'i told my brother that we should stop at the store',
    'score',
    'I think they rush b because the other team has no money left',
    'she asked how the mute button works on this thing',
  ])('rejects "%s"', (text) => expect(english.understand(text)).toBeNull());

  it('takes words that every object of JavaScript knows as words', () => {
    const players = ['Constructor', 'hasOwnProperty'];
    for (const language of ['en', 'fr'] as const) {
      const { words } = new Understanding(language, { game: null, players }).grammar;
      expect(words).toEqual(expect.arrayContaining(['constructor', 'hasownproperty']));
    }
    expect(english.understand('constructor')).toBeNull();
  });

  it('does not let an utterance of any length cost more than a moment', () => {
    const startedAt = performance.now();
    expect(english.understand('enemy at the '.repeat(5_000))).toBeNull();
    expect(performance.now() - startedAt).toBeLessThan(250);
  });
});

describe('understanding French', () => {
  it.each([
    ["c'est quoi le score ?", 'score'],
    ['combien de temps reste', 'time_left'],
    ['où suis-je', 'location'],
    ["qui m'a tué", 'killed_by'],
    ["qui m'a tue", 'killed_by'],
    ["qu'est-ce que je dois faire", 'advice'],
    ["répète s'il te plaît", 'repeat'],
    ['plus lentement', 'slower'],
    ['tais-toi', 'mute'],
    ["besoin d'aide au milieu", "Besoin d'aide au milieu"],
    ['deux ennemis à gauche', 'Deux ennemis à gauche'],
  ])('takes "%s" as %s', (text, expected) => expect(meaning(text, french)).toBe(expected));
});

describe('the grammar for a recogniser', () => {
  it('holds the words of the session and both forms of contractions', () => {
    const { graph, words, language } = english.grammar;
    expect(language).toBe('en');
    expect(allows(graph, 'what is the score')).toBe(true);
    expect(allows(graph, "what's the score")).toBe(true);
    expect(allows(graph, "what's is the score")).toBe(false);
    expect(allows(graph, 'sarge is down')).toBe(true);
    expect(allows(graph, 'sarge is')).toBe(false);
    expect(words).toEqual(expect.arrayContaining(['sarge', 'railgun', "what's", 'platform']));
  });

  it('has no two states from which the same may be said', () => {
    const { states, arcs, ends } = english.grammar.graph;
    const ways = Array.from({ length: states }, (_, state) => [
      ends.includes(state),
      ...arcs.flatMap(([from, to, word]) => (from === state ? [`${word} ${to}`] : [])).sort(),
    ]);
    expect(new Set(ways.map((way) => way.join('|'))).size).toBe(states);
    expect(new Set(arcs.map(([from, , word]) => `${from} ${word}`)).size).toBe(arcs.length);
  });

  it('leaves out what needs a slot without values', () => {
    const { graph, words } = new Understanding('en', { game: null, players: [] }).grammar;
    expect(words).not.toContain('railgun');
    expect(allows(graph, 'they have the')).toBe(false);
    expect(allows(graph, 'enemy at mid')).toBe(true);
    expect(allows(graph, 'enemy at')).toBe(false);
  });

  it('leaves out names that cannot be said, and those who type still have them', () => {
    const players = ['敵', 'Ольга', '٣', 'ẹ́f', 'x'.repeat(65), 'E\u0301lan', 'xXx_n00b'];
    const met = new Understanding('en', { game: null, players });
    const said = new Set(met.grammar.words);
    expect(['敵', 'ольга', '٣', 'ẹ́f', 'x'.repeat(65)].filter((word) => said.has(word))).toEqual([]);
    expect(['élan', 'xxx', 'n00b'].filter((word) => !said.has(word))).toEqual([]);
    expect(meaning('Ольга is at mid', met)).toBe('Ольга is at mid');
  });

  it('has the same id exactly when it has the same content', () => {
    expect(new Understanding('en', vocabulary).grammar.id).toBe(english.grammar.id);
    expect(new Understanding('en', { ...vocabulary, players: [] }).grammar.id).not.toBe(english.grammar.id);
  });

  it('keeps the accents that the pronouncing dictionary has', () => {
    expect(french.grammar.words).toEqual(expect.arrayContaining(['où', 'fenêtre', "c'"]));
  });
});
