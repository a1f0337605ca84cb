import type { ServiceSettings } from '@jiga/platform';

import { callFailure, statusFailure } from './http-failure.js';

/** Calls of a service that speaks the protocol of OpenAI. */
export class CompatibleService {
  readonly #url: string;
  readonly #headers: Readonly<Record<string, string>>;

  constructor(
    { url, apiKey }: ServiceSettings & { readonly url: string },
    private readonly fetch: typeof globalThis.fetch,
  ) {
    this.#url = url;
    this.#headers = apiKey === null ? {} : { authorization: `Bearer ${apiKey}` };
  }

  /** The answer of a success; rejects with ProviderError for any other. */
  async call(path: string, init: RequestInit & { readonly signal: AbortSignal }): Promise<Response> {
    try {
      const headers = {
        ...this.#headers,
        ...(typeof init.body === 'string' && { 'content-type': 'application/json' }),
      };
      const response = await this.fetch(`${this.#url}${path}`, { ...init, headers });
      if (response.ok) return response;
      await response.body?.cancel();
      throw statusFailure(response.status, response.headers.get('retry-after'));
    } catch (error) {
      throw callFailure(error, init.signal);
    }
  }
}
