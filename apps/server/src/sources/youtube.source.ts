import { AppError, VideoInputSource } from '@jiga/contracts';
import type { SessionConfiguration } from '@jiga/contracts';
import type { JigaConfig } from '@jiga/platform';
import type { StreamHandlers, StreamIngest } from '@jiga/streams';
import {
  INNERTUBE_CLIENTS,
  InnertubeFinder,
  StreamlinkFinder,
  YoutubeResolver,
  youtubeTarget,
  YtDlpFinder,
} from '@jiga/youtube';
import type { YoutubeFinder, YoutubeTarget } from '@jiga/youtube';

import { pictureOf, wishOf, type IngestedSource } from './ingested-source.js';
import type { StreamWorldService } from './stream-world.service.js';

/** YouTube broadcasts, by the ways that the operator has. */
export class YoutubeSource implements IngestedSource {
  readonly source = VideoInputSource.YOUTUBE;
  readonly #finders: readonly YoutubeFinder[];

  constructor(
    private readonly streams: StreamWorldService,
    private readonly config: JigaConfig,
  ) {
    this.#finders = config.youtube.finders.flatMap((name) => this.#findersOf(name));
  }

  obstacle(configuration: SessionConfiguration): string | null {
    targetOf(configuration);
    if (this.#finders.length > 0) return null;
    return 'This server has no way to find YouTube broadcasts: its operator can set JIGA_YOUTUBE_FINDERS, JIGA_YTDLP_PATH and JIGA_STREAMLINK_PATH.';
  }

  open(configuration: SessionConfiguration, handlers: StreamHandlers): StreamIngest {
    const { http, clock } = this.streams;
    const resolver = new YoutubeResolver({
      target: targetOf(configuration),
      finders: this.#finders,
      wish: wishOf(configuration),
      http,
      clock,
      named: this.config.streams.allowedHosts,
    });
    return this.streams.open(resolver, pictureOf(configuration), handlers);
  }

  #findersOf(name: JigaConfig['youtube']['finders'][number]): YoutubeFinder[] {
    const { http, clock } = this.streams;
    if (name === 'youtubei') return INNERTUBE_CLIENTS.map((client) => new InnertubeFinder(http, client));
    const path = name === 'yt-dlp' ? this.config.youtube.ytDlpPath : this.config.twitch.streamlinkPath;
    if (path === null) return [];
    return [name === 'yt-dlp' ? new YtDlpFinder(path, clock) : new StreamlinkFinder({ path, clock })];
  }
}

/** Throws AppError `validation_failed` for a URL that is none of a YouTube video or channel. */
function targetOf({ video_source_config }: SessionConfiguration): YoutubeTarget {
  const target = youtubeTarget(video_source_config ?? {});
  if (target) return target;
  const detail = 'url must be the address of a YouTube video or channel';
  throw new AppError('validation_failed', `${detail}.`, {
    fields: [{ pointer: '/video_source_config/url', code: 'bad_format', detail }],
  });
}
