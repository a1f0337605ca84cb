import { StreamError } from '../stream-error.js';
import { amountOf, parseAttributes, playlistLines, tagValue } from './attributes.js';

/** One rendition of a multivariant playlist. */
export interface Rung {
  /** As written: relative to the playlist. */
  readonly uri: string;
  readonly name: string | null;
  readonly groupId: string | null;
  readonly width: number | null;
  readonly height: number | null;
  readonly fps: number | null;
  readonly bitsPerSecond: number | null;
  /** Null when the playlist does not say. */
  readonly codecs: string | null;
  readonly isSource: boolean;
  /** Group of the renditions of its sound; null when its segments hold their own. */
  readonly soundGroupId: string | null;
}

/** Sound that is kept apart from the pictures. */
export interface SoundRendition {
  readonly groupId: string;
  /** As written; null = the segments of the pictures hold it. */
  readonly uri: string | null;
  readonly isDefault: boolean;
  /** May be played without having been chosen by a listener. */
  readonly isAutomatic: boolean;
}

export interface MasterPlaylist {
  readonly rungs: readonly Rung[];
  readonly sounds: readonly SoundRendition[];
  readonly broadcastId: string | null;
  /** Unix seconds on the service's clock when it wrote this. */
  readonly serverTimeS: number | null;
}

const RUNGS_MAX = 200;

/**
 * Reads a multivariant playlist: names stand on the stream itself (`IVS-NAME`), or on the media group it points to, or are
 * made of the resolution. Throws {@link StreamError} `playlist_invalid` for what is no playlist.
 */
export function parseMasterPlaylist(text: string): MasterPlaylist {
  const lines = playlistLines(text);
  if (!lines) throw new StreamError('playlist_invalid');
  const names = groupNames(lines);
  const facts = sessionFacts(lines);
  const rungs: Rung[] = [];
  let pending: ReadonlyMap<string, string> | null = null;
  for (const line of lines) {
    const info = tagValue(line, '#EXT-X-STREAM-INF');
    if (info !== null) pending = parseAttributes(info);
    else if (pending && !line.startsWith('#')) {
      if (rungs.length < RUNGS_MAX) rungs.push(rungOf(line, pending, names));
      pending = null;
    }
  }
  return {
    rungs,
    sounds: soundRenditions(lines),
    broadcastId: facts.get('BROADCAST-ID') ?? null,
    serverTimeS: amountOf(facts.get('SERVER-TIME')),
  };
}

function groupNames(lines: readonly string[]): ReadonlyMap<string, string> {
  const names = new Map<string, string>();
  for (const line of lines) {
    const media = parseAttributes(tagValue(line, '#EXT-X-MEDIA') ?? '');
    const [group, name] = [media.get('GROUP-ID'), media.get('NAME')];
    if (media.get('TYPE') === 'VIDEO' && group !== undefined && name !== undefined) names.set(group, name);
  }
  return names;
}

function soundRenditions(lines: readonly string[]): SoundRendition[] {
  const media = lines.map((line) => parseAttributes(tagValue(line, '#EXT-X-MEDIA') ?? ''));
  return media.flatMap((attributes) => {
    const groupId = attributes.get('GROUP-ID');
    if (attributes.get('TYPE') !== 'AUDIO' || groupId === undefined) return [];
    const isDefault = attributes.get('DEFAULT') === 'YES';
    const isAutomatic = isDefault || attributes.get('AUTOSELECT') === 'YES';
    return [{ groupId, uri: attributes.get('URI') ?? null, isDefault, isAutomatic }];
  });
}

/** Where the sound of a rung is that no listener chose for: null = with its pictures, or nowhere. */
export function soundUriOf({ sounds }: Pick<MasterPlaylist, 'sounds'>, { soundGroupId }: Rung): string | null {
  const group = sounds.filter(({ groupId }) => groupId === soundGroupId);
  const chosen = group.find(({ isDefault }) => isDefault) ?? group.find(({ isAutomatic }) => isAutomatic) ?? group[0];
  return chosen?.uri ?? null;
}

/** What Twitch says of the broadcast: in a tag of its own, or as session data. */
function sessionFacts(lines: readonly string[]): ReadonlyMap<string, string> {
  const facts = new Map<string, string>();
  for (const line of lines) {
    for (const [name, value] of parseAttributes(tagValue(line, '#EXT-X-TWITCH-INFO') ?? '')) facts.set(name, value);
    const data = parseAttributes(tagValue(line, '#EXT-X-SESSION-DATA') ?? '');
    const [id, value] = [data.get('DATA-ID'), data.get('VALUE')];
    if (id !== undefined && value !== undefined) facts.set(id, value);
  }
  return facts;
}

function rungOf(uri: string, attributes: ReadonlyMap<string, string>, names: ReadonlyMap<string, string>): Rung {
  const groupId = attributes.get('VIDEO') ?? null;
  const [, width = null, height = null] = /^(\d{2,5})x(\d{2,5})$/i.exec(attributes.get('RESOLUTION') ?? '') ?? [];
  const fps = amountOf(attributes.get('FRAME-RATE'));
  const given = attributes.get('IVS-NAME') ?? (groupId === null ? undefined : names.get(groupId));
  const made = height === null ? null : `${height}p${fps !== null && fps > 31 ? Math.round(fps) : ''}`;
  return {
    uri,
    name: given?.replace(/\s*\(source\)$/i, '') ?? made,
    groupId,
    width: width === null ? null : Number(width),
    height: height === null ? null : Number(height),
    fps,
    bitsPerSecond: amountOf(attributes.get('BANDWIDTH')),
    codecs: attributes.get('CODECS') ?? null,
    soundGroupId: attributes.get('AUDIO') ?? null,
    isSource: attributes.get('IVS-VARIANT-SOURCE') === 'source' || groupId === 'chunked',
  };
}
