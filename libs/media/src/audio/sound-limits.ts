import { AppError } from '@jiga/contracts';
import { SOUND_LIMITS } from './sound.js';

const { minRateHz, maxRateHz, maxChannels } = SOUND_LIMITS;

/** The sound file is broken in the way `detail` says. */
export const invalidAudio = (detail: string, cause?: unknown): AppError =>
  new AppError('invalid_audio', detail, cause === undefined ? {} : { cause });

/** Checks what a header says, before anything is allocated for it. `samples` per channel. */
export function checkSound(found: { rateHz: number; channels: number; samples: number }, maxSeconds: number): void {
  const { rateHz, channels, samples } = found;
  if (!(rateHz >= minRateHz && rateHz <= maxRateHz)) {
    throw invalidAudio(`The sound has ${rateHz} Hz; ${minRateHz} to ${maxRateHz} Hz are read`);
  }
  if (!(channels >= 1 && channels <= maxChannels)) {
    throw invalidAudio(`The sound has ${channels} channels; one or two are read`);
  }
  if (!(samples > 0)) throw invalidAudio('The sound has no samples');
  if (samples / rateHz > maxSeconds) {
    const seconds = Math.round(samples / rateHz);
    throw new AppError('audio_too_long', `The sound lasts ${seconds} s; at most ${maxSeconds} s are taken`, {
      details: { max_seconds: maxSeconds },
    });
  }
}
