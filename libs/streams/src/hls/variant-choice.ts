import { StreamError } from '../stream-error.js';
import type { StreamVariant } from '../stream-ingest.port.js';
import type { Rung } from './master-playlist.js';

export interface VariantWish {
  /** `best` (for the size that is looked at), `worst`, `source`, or a name such as `720p60`. */
  readonly quality: string;
  /** Height of the pictures that are looked at. */
  readonly height: number;
  /** Names and groups that this viewer may not have. */
  readonly restricted?: ReadonlySet<string>;
}

export interface VariantChoice {
  readonly rung: Rung;
  readonly variant: StreamVariant;
}

type Choice = Pick<StreamVariant, 'choice'> & { readonly rung: Rung };

/**
 * Chooses a rendition. More pixels than are looked at cost decoding for nothing, so `best` means the smallest that has
 * at least the height looked at, else the largest there is. Only H.264 is considered: other codecs cost several times the
 * work. Throws {@link StreamError} `no_video`, `unsupported` (only other codecs) or `subscriber_only` (none is open).
 */
export function chooseVariant(rungs: readonly Rung[], wish: VariantWish): VariantChoice {
  const withVideo = rungs.filter(hasVideo);
  if (withVideo.length === 0) throw new StreamError('no_video');
  const decodable = withVideo.filter(isH264);
  if (decodable.length === 0) throw new StreamError('unsupported');
  const open = decodable.filter((rung) => !isRestricted(rung, wish.restricted));
  if (open.length === 0) throw new StreamError('subscriber_only');
  const ladder = [...open].sort((a, b) => rankOf(a) - rankOf(b));
  const { rung, choice } = pick(ladder, wish);
  const { name, width, height, fps, bitsPerSecond, isSource } = rung;
  return { rung, variant: { name, width, height, fps, bitsPerSecond, isSource, requested: wish.quality, choice } };
}

function pick(ladder: readonly Rung[], wish: VariantWish): Choice {
  const quality = wish.quality.trim().toLowerCase();
  const fitting = fittingRung(ladder, wish.height);
  if (ladder.length === 1) return { rung: fitting, choice: isNamed(fitting, quality) ? 'named' : 'only' };
  if (quality === 'best' || quality === '') return { rung: fitting, choice: 'fitting' };
  if (quality === 'worst') return { rung: ladder[0] ?? fitting, choice: 'named' };
  const named = ladder.findLast((rung) => isNamed(rung, quality));
  if (named) return { rung: named, choice: 'named' };
  const height = Number(/^(\d{3,4})p/.exec(quality)?.[1] ?? wish.height);
  return { rung: nearestRung(ladder, height) ?? fitting, choice: 'nearest' };
}

/** @param ladder from the smallest to the largest, not empty */
function fittingRung(ladder: readonly Rung[], height: number): Rung {
  const rung = ladder.find((each) => heightOf(each) >= height) ?? ladder.at(-1);
  if (!rung) throw new StreamError('no_video');
  return rung;
}

function nearestRung(ladder: readonly Rung[], height: number): Rung | undefined {
  const distance = (rung: Rung): number => Math.abs(heightOf(rung) - height);
  return [...ladder].sort((a, b) => distance(a) - distance(b))[0];
}

function isNamed(rung: Rung, quality: string): boolean {
  if (rung.isSource && (quality === 'source' || quality === 'chunked')) return true;
  const name = rung.name?.toLowerCase();
  return name !== undefined && (name === quality || name === `${quality}30` || `${name}30` === quality);
}

const heightOf = (rung: Rung): number => rung.height ?? Number(/^(\d{3,4})p/.exec(rung.name ?? '')?.[1] ?? 0);

/** Height first, then frame rate, then rate of bits: the order of the ladder. */
const rankOf = (rung: Rung): number =>
  heightOf(rung) * 1e4 + Math.min(rung.fps ?? 30, 999) * 10 + Math.min(rung.bitsPerSecond ?? 0, 1e9) / 1e9;

function hasVideo(rung: Rung): boolean {
  if (/^audio/i.test(rung.name ?? rung.groupId ?? '')) return false;
  return rung.height !== null || rung.codecs === null || /avc|hvc1|hev1|av01|vp0?9/i.test(rung.codecs);
}

const isH264 = (rung: Rung): boolean => rung.codecs === null || /avc[13]/i.test(rung.codecs);

const isRestricted = (rung: Rung, restricted: ReadonlySet<string> | undefined): boolean =>
  restricted !== undefined && [rung.name, rung.groupId].some((name) => name !== null && restricted.has(name));
