import { AppError, VideoInputSource } from '@jiga/contracts';
import type { SessionConfiguration } from '@jiga/contracts';
import type { StreamHandlers, StreamIngest } from '@jiga/streams';
import { isRefusal, readStreamAddress, UrlResolver } from '@jiga/url';
import type { AddressRefusal, AddressRules, StreamAddress } from '@jiga/url';

import { pictureOf, wishOf, type IngestedSource } from './ingested-source.js';
import type { StreamWorldService } from './stream-world.service.js';

/** Streams at an address that the operator allows, and the samples that come with the server. */
export class UrlSource implements IngestedSource {
  readonly source = VideoInputSource.STREAM_URL;

  constructor(
    private readonly streams: StreamWorldService,
    private readonly rules: AddressRules,
  ) {}

  obstacle(configuration: SessionConfiguration): string | null {
    const address = this.#addressOf(configuration);
    if (!isRefusal(address)) return null;
    if (address.kind === 'off') return address.detail;
    throw refused(address);
  }

  open(configuration: SessionConfiguration, handlers: StreamHandlers): StreamIngest {
    const { rules, streams } = this;
    const address = this.#addressOf(configuration);
    if (isRefusal(address)) throw refused(address);
    const resolver = new UrlResolver({ address, rules, http: streams.http, wish: wishOf(configuration) });
    return streams.open(resolver, pictureOf(configuration), handlers);
  }

  #addressOf({ video_source_config }: SessionConfiguration): StreamAddress | AddressRefusal {
    return readStreamAddress(video_source_config?.url ?? '', this.rules);
  }
}

const refused = ({ detail }: AddressRefusal): AppError =>
  new AppError('validation_failed', `${detail}.`, {
    fields: [{ pointer: '/video_source_config/url', code: 'not_allowed', detail }],
  });
