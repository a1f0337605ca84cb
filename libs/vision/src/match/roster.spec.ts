import { describe, expect, it } from '@jest/globals';
import { Roster } from './roster.js';

const roster = (): Roster => new Roster({ seeds: ['Sarge', 'Gargoyle', 'Tony'], maxLength: 32, chatMarks: [] });

describe('Roster', () => {
  it('spells a misread name like the known one that is nearest', () => {
    const names = roster();
    names.learn('Xaero the Great', 0.98);
    expect(names.resolve('Xaer0 the Gneat')).toMatchObject({ name: 'Xaero the Great', known: true });
    expect(names.resolve('Gar goy1e')).toMatchObject({ name: 'Gargoyle', known: true });
    expect(names.resolve('S a rg e')).toMatchObject({ name: 'Sarge', known: true });
  });

  it('leaves a name that is like none as it was read', () => {
    expect(roster().resolve('Bitterman')).toEqual({ name: 'Bitterman', fit: 1, known: false });
  });

  it('does not take players apart by a digit for one another', () => {
    const names = roster();
    names.learn('Player1', 0.98);
    names.learn('Player2', 0.98);
    expect(names.resolve('Player1')?.name).toBe('Player1');
    expect(names.resolve('Player2')?.name).toBe('Player2');
  });

  it('corrects its spelling when the first reading was the wrong one', () => {
    const names = roster();
    names.learn('Bittermam', 0.8);
    names.learn('Bitterman', 0.98);
    names.learn('Bitterman', 0.98);
    expect(names.resolve('Bittermam')?.name).toBe('Bitterman');
  });

  it('finds out that a player is called almost like another', () => {
    const names = roster();
    names.learn('Tony', 0.98);
    for (let n = 0; n < 5; n++) names.learn('Toby', 0.98);
    expect(names.resolve('Toby')?.name).toBe('Toby');
    expect(names.resolve('Tony')?.name).toBe('Tony');
  });

  it('takes no sentence for a name', () => {
    expect(roster().resolve('this is far too long to be the name of a player')).toBeNull();
    expect(roster().resolve(' .,; ')).toBeNull();
  });
});
