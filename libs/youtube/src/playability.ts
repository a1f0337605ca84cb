import { StreamError, type StreamErrorCode } from '@jiga/streams';

/** What YouTube says of whether a video may be played, as its player gets it. */
export interface Playability {
  readonly status: string;
  /** For people, in English. */
  readonly reason: string;
  readonly isUpcoming: boolean;
}

/** Words of its reasons, in the order in which they are looked for. The services give no better sign. */
const REASONS: readonly (readonly [RegExp, StreamErrorCode])[] = [
  [/not a (ro)?bot|unusual traffic/i, 'bot_check'],
  [/private/i, 'private'],
  [/members?[- ](only|on level)|join this channel|available to this channel's members|subscriber/i, 'subscriber_only'],
  [/country|region|location/i, 'geo_blocked'],
  [/premieres? in|will begin|upcoming|scheduled/i, 'upcoming'],
  [/(live (stream|event)|stream|event) (has )?(already )?(ended|is over)|recording is not available/i, 'ended'],
  [/offline|not currently live|not live/i, 'offline'],
  [/removed|terminated|deleted|does ?n.t exist|no longer available|unavailable|not available|not found/i, 'not_found'],
];

const STATUSES: Readonly<Record<string, StreamErrorCode>> = {
  LIVE_STREAM_OFFLINE: 'offline',
  LOGIN_REQUIRED: 'forbidden',
  UNPLAYABLE: 'forbidden',
  AGE_CHECK_REQUIRED: 'forbidden',
  AGE_VERIFICATION_REQUIRED: 'forbidden',
  CONTENT_CHECK_REQUIRED: 'forbidden',
  ERROR: 'not_found',
};

/** What a reason in words means; null when it means nothing that we know. */
export const causeOfReason = (reason: string): StreamErrorCode | null =>
  REASONS.find(([words]) => words.test(reason))?.[1] ?? null;

/** Why the video cannot be played; null when it can. */
export function playabilityError({ status, reason, isUpcoming }: Playability): StreamError | null {
  if (status === 'OK') return null;
  if (status === 'LIVE_STREAM_OFFLINE' && isUpcoming) return new StreamError('upcoming');
  return new StreamError(causeOfReason(reason) ?? STATUSES[status] ?? 'upstream');
}
