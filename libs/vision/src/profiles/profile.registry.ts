import type { GlyphSetData } from '../recognition/glyph-classifier.js';
import { OPENARENA_LETTERS_GLYPHS } from './glyphs/openarena-letters.glyphs.js';
import { OPENARENA_STATUS_GLYPHS } from './glyphs/openarena-status.glyphs.js';
import { OPENARENA } from './openarena.profile.js';
import { checkProfile } from './profile.schema.js';
import type { GameProfile } from './profile.types.js';

/** Fonts that profiles may name. */
export const GLYPH_SETS: readonly GlyphSetData[] = [OPENARENA_STATUS_GLYPHS, OPENARENA_LETTERS_GLYPHS];

/** Every game that can be read. A faulty profile stops the program at its start, not a session later on. */
export const PROFILES: readonly GameProfile[] = [OPENARENA].map((profile) =>
  checkProfile(
    profile,
    GLYPH_SETS.map(({ name }) => name),
  ),
);

/** The profile with this id; null when there is none. */
export function profileById(id: string): GameProfile | null {
  return PROFILES.find((profile) => profile.id === id) ?? null;
}
