import { ProviderError } from '../provider-error.js';

/**
 * `fetch` for services that are sent a key: it follows no redirect, which could carry the key elsewhere, and its answers
 * throw ProviderError `bad_answer` once they are larger than `maxBytes`.
 */
export function boundedFetch(maxBytes: number): typeof fetch {
  return async (input, init) => {
    const response = await fetch(input, { ...init, redirect: 'error' });
    const { body, status, statusText, headers } = response;
    if (!body) return response;
    let bytes = 0;
    const limit = new TransformStream<Uint8Array, Uint8Array>({
      transform(chunk, controller) {
        bytes += chunk.length;
        if (bytes > maxBytes) controller.error(tooLarge(maxBytes));
        else controller.enqueue(chunk);
      },
    });
    return new Response(body.pipeThrough(limit), { status, statusText, headers });
  };
}

const tooLarge = (maxBytes: number): ProviderError =>
  new ProviderError('bad_answer', `Its answer is larger than ${maxBytes} bytes.`);
