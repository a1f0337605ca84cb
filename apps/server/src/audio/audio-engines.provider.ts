import type { FactoryProvider } from '@nestjs/common';

import { AUDIO_ENGINES, createAudioEngines } from '@jiga/audio';
import type { AudioEngines } from '@jiga/audio';
import { CLOCK } from '@jiga/contracts';
import type { Clock } from '@jiga/contracts';
import { locateFfmpeg } from '@jiga/media';
import { CONFIG, Shutdown } from '@jiga/platform';
import type { JigaConfig } from '@jiga/platform';

/** The sound engines of the server. Nothing of them starts before it is used. */
export const AUDIO_ENGINES_PROVIDER: FactoryProvider<AudioEngines> = {
  provide: AUDIO_ENGINES,
  inject: [CLOCK, CONFIG, Shutdown],
  useFactory: async (clock: Clock, { audio, streams }: JigaConfig, shutdown: Shutdown) => {
    const { ffmpegPath: configuredPath } = streams;
    const found = await locateFfmpeg(configuredPath === null ? {} : { configuredPath });
    const ffmpegPath = found.found ? found.path : null;
    const { asrModelDir, ttsModelDir, commandWorkers: commandThreads } = audio;
    const engines = createAudioEngines({ clock, ffmpegPath, asrModelDir, ttsModelDir, commandThreads });
    shutdown.register('work', 'sound engines', () => engines.close());
    return engines;
  },
};
